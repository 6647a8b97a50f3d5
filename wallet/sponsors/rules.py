"""A sponsor's addresses in the ledger, and the secret its postbacks are signed with."""

import base64
import hashlib
import hmac
from uuid import UUID

SECRET_PREFIX = "whsec_"  # noqa: S105  the prefix the Standard Webhooks scheme gives a secret


def postback_secret(*, key: str, sponsor_id: UUID, version: int) -> str:
    """Return a sponsor's signing secret (Standard Webhooks), which the server's key always gives."""
    named = f"postback\x1f{sponsor_id}\x1f{version}".encode()
    drawn = hmac.new(key.encode(), named, hashlib.sha256).digest()
    return SECRET_PREFIX + base64.b64encode(drawn).decode()


def sponsor_budget(sponsor_id: UUID) -> str:
    """Return the address of the coins a sponsor bought and has not given to a campaign."""
    return f"sponsor/{sponsor_id}/budget"


def sponsor_receivable(sponsor_id: UUID) -> str:
    """Return the address of what a sponsor owes, in fen."""
    return f"sponsor/{sponsor_id}/receivable"


def campaign_budget(campaign_id: UUID) -> str:
    """Return the address of the coins a campaign may still hand out."""
    return f"campaign/{campaign_id}/budget"
