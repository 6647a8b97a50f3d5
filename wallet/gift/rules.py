"""What may be given, until when, under which link: arithmetic, without a database."""

import re
from datetime import datetime, timedelta
from uuid import UUID

from ledger.rules import COIN, goods_of, month_after, starts_at
from wallet.holders.rules import link_token

HELD_FOR = timedelta(minutes=3)
_MONTHLY = re.compile(r"(SURPLUS|DATA|VOUCHER)-[A-Z]{2,4}-20[0-9]{2}-(0[1-9]|1[0-2])")


def token_of(*, gift_id: UUID, key: str) -> str:
    """Return the token (128 bits, 22 letters) of a gift's link: always the same for one gift."""
    return link_token(kind="gift", thing_id=gift_id, key=key)


def goods_word(asset: str) -> str | None:
    """Return what kind of thing an asset is if it may be given: COIN, DATA, VOUCHER or SURPLUS."""
    if asset == COIN:
        return COIN
    found = _MONTHLY.fullmatch(asset)
    return found[1] if found else None


def expiry_of(*, asset: str, now: datetime, hours: int) -> datetime:
    """Return when a gift made now comes back: after its hours, or when its month ends."""
    later = now + timedelta(hours=hours)
    goods = goods_of(asset)
    return later if goods is None else min(later, starts_at(month_after(goods.month)))


def received_of(asset: str) -> str:
    """Return what the claimer of a gift of this asset gets: own data given arrives as DATA."""
    goods, _, rest = asset.partition("-")
    return f"DATA-{rest}" if goods == "SURPLUS" else asset
