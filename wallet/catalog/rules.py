"""What the catalog knows of goods and of the wallet's addresses."""

import re
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID

from ledger.refusals import Refusal
from ledger.rules import SHANGHAI

_CODE: Final = re.compile(r"[A-Z]{2,4}")


class Kind(StrEnum):
    """What is sold outside the carriers; each is switched by the policy `catalog.<kind>`."""

    CONTENT = "content"
    AIRTIME = "airtime"
    POINTS = "points"
    MALL = "mall"


class BadPartnerCode(Refusal):
    """A partner's code is two to four capital letters that no carrier and no partner has."""

    code = "bad_partner_code"
    status = 422


def checked_code(text: str) -> str:
    """Return a partner's code.

    Raises:
        BadPartnerCode: it is not two to four capital letters.
    """
    if not _CODE.fullmatch(text):
        raise BadPartnerCode("A partner's code is two to four capital letters.")
    return text


def held_at(purchase_id: UUID) -> str:
    """Return the address of what a purchase sets aside."""
    return f"purchase/{purchase_id}"


def merchant_payable(merchant_id: UUID) -> str:
    """Return the address of the coins a partner earned and was not paid for yet."""
    return f"merchant/{merchant_id}/payable"


def day_around(now: datetime) -> tuple[datetime, datetime]:
    """Return where an instant's day (Asia/Shanghai) begins and where it ends."""
    midnight = now.astimezone(SHANGHAI).replace(hour=0, minute=0, second=0, microsecond=0)
    return midnight, midnight + timedelta(days=1)
