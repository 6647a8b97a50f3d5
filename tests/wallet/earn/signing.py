"""Messages as a sponsor's server signs and sends them."""

import json
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from rest_framework.test import APIClient
from standardwebhooks import Webhook

from wallet.earn.models import Earning
from wallet.holders.rules import opaque_id
from wallet.sponsors.models import Sponsor
from wallet.sponsors.queries import secret_of


def sponsor_of(earning: Earning) -> Sponsor:
    """Return the sponsor whose task was started."""
    return Sponsor.objects.get(pk=earning.task.campaign.sponsor_id)


def body_of(earning: Earning, event: str = "install") -> str:
    """Return a message's body."""
    data = {"earning": opaque_id("ern", earning.pk), "event": event}
    return json.dumps({"type": "earning.event", "timestamp": "2026-11-16T02:30:00Z", "data": data})


def signed(
    body: str, *, secret: str, message_id: str = "", at: datetime | None = None
) -> dict[str, str]:
    """Return the headers of a message signed with this secret, now unless told."""
    at = at or datetime.now(tz=UTC)
    message_id = message_id or f"msg_{uuid4().hex}"
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": Webhook(secret).sign(msg_id=message_id, timestamp=at, data=body),
    }


def send(sponsor: Sponsor, body: str, *, headers: dict[str, str] | None = None) -> Any:
    """Send a message to a sponsor's door, signed by it unless other headers are given."""
    return APIClient().post(
        f"/api/v1/postbacks/{opaque_id('hld', sponsor.pk)}",
        data=body,
        content_type="application/json",
        headers=signed(body, secret=secret_of(sponsor)) if headers is None else headers,
    )
