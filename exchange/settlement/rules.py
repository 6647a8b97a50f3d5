"""Who gets what of a month's proceeds and fee cover: pure sums in whole coins."""

from uuid import UUID

from exchange.orders.rules import fee_coins
from ledger.rules import COIN, Leg, merged, move

Fees = dict[str, int]  # carrier -> whole coins


def fees_of(*, coin_bp: int, coins: int) -> int:
    """Return a month's fee in one carrier's book: the exact sum, rounded up once."""
    return fee_coins(coin_bp) + coins


def proceeds_legs(*, holder: UUID, month: str, total: int, fees: Fees) -> tuple[Leg, ...]:
    """Return the legs of a seller's month: fees to the carriers, the rest to the holder.

    A fee never takes more than there is: what is missing is the last carrier's loss.
    """
    return _split(source=f"holder/{holder}/proceeds/{month}", holder=holder, total=total, fees=fees)


def unused_cover_legs(*, holder: UUID, month: str, total: int, fees: Fees) -> tuple[Leg, ...]:
    """Return the legs of a buyer's month: fees to the carriers, unused cover to the holder."""
    return _split(source=f"holder/{holder}/fees/{month}", holder=holder, total=total, fees=fees)


def _split(*, source: str, holder: UUID, total: int, fees: Fees) -> tuple[Leg, ...]:
    legs: list[Leg] = []
    left = total
    for carrier, wanted in sorted(fees.items()):
        fee = min(wanted, left)
        left -= fee
        legs += move(asset=COIN, amount=fee, source=source, target=f"fees/{carrier}")
    legs += move(asset=COIN, amount=left, source=source, target=f"holder/{holder}/main")
    return merged(legs)
