"""What an order sets aside, what a trade moves and what an order's end gives back: pure sums.

Coins are whole. A fee is exact in coins × basis points until it is rounded up, and what an order
has moved as fee cover is always that exact sum rounded up once, however many trades it took.
"""

import re
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import NamedTuple
from uuid import UUID

from ledger.rules import (
    COIN,
    SHANGHAI,
    Leg,
    derived_id,
    month_after,
    month_name,
    monthly_asset,
    starts_at,
)

BASIS = 10_000
# What may be done when two orders of one group meet: the words of the matcher.
SELF_TRADE_MODES = ("none", "cancel_taker", "cancel_maker", "cancel_both")
_HOUR = re.compile(r"(first|last|[0-9]{1,2}) ([01][0-9]|2[0-3]):([0-5][0-9])")


def fee_coins(coin_bp: int) -> int:
    """Return a fee in whole coins, rounded up, from coins × basis points."""
    return -(-coin_bp // BASIS)


def escrow_coins(*, open_lots: int, price_coins: int, bp_max: int, fee_coin_bp: int = 0) -> int:
    """Return the coins a buy sets aside for its open lots: their price, and cover for the fee.

    `fee_coin_bp` is the exact fee of what it bought so far, whose cover has left already.
    """
    value = open_lots * price_coins
    return value + fee_coins(fee_coin_bp + value * bp_max) - fee_coins(fee_coin_bp)


def aside_coins(
    *, open_lots: int, price_coins: int, lots: int, new_price_coins: int, bp_max: int
) -> int:
    """Return the coins a buy needs beside its escrow to become so many open lots at a new price.

    It is enough however much of the order trades, and at whatever rate, before the log comes to
    its replacement: what trades until then is taken off the new lots too.
    """
    value = lots * new_price_coins - open_lots * min(price_coins, new_price_coins)
    return max(0, value) + fee_coins(max(0, value) * bp_max)


class Bought(NamedTuple):
    """What one trade takes out of a buy: price paid, fee cover, and what is set free (coins)."""

    paid_coins: int
    cover_coins: int
    released_coins: int
    fee_coin_bp: int


def bought(
    *,
    open_lots: int,
    limit_coins: int,
    bp_max: int,
    fee_coin_bp: int,
    lots: int,
    price_coins: int,
    bp: int,
) -> Bought:
    """Return what buying so many lots at this price and rate takes out of an order's escrow."""
    paid = lots * price_coins
    after_bp = fee_coin_bp + paid * bp
    cover = fee_coins(after_bp) - fee_coins(fee_coin_bp)
    before = escrow_coins(
        open_lots=open_lots, price_coins=limit_coins, bp_max=bp_max, fee_coin_bp=fee_coin_bp
    )
    after = escrow_coins(
        open_lots=open_lots - lots, price_coins=limit_coins, bp_max=bp_max, fee_coin_bp=after_bp
    )
    return Bought(paid, cover, before - after - paid - cover, after_bp)


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchanged:
    """The two sides of a trade, as its legs need them; amounts in coins and MB."""

    carrier: str
    month: date
    mb: int
    buy: UUID | str
    buyer: UUID
    sell: UUID | str
    seller: UUID
    sums: Bought


def trade_legs(trade: Exchanged) -> tuple[Leg, ...]:
    """Return a trade's legs: the goods change kind and owner, the coins wait for the close."""
    surplus = monthly_asset(goods="SURPLUS", carrier=trade.carrier, month=trade.month)
    data = monthly_asset(goods="DATA", carrier=trade.carrier, month=trade.month)
    paid, cover, released, _ = trade.sums
    month, main = month_name(trade.month), f"holder/{trade.buyer}/main"
    legs = [
        Leg(order_address(trade.sell), surplus, -trade.mb),
        Leg("system/sold", surplus, trade.mb),
        Leg("system/sold", data, -trade.mb),
        Leg(main, data, trade.mb),
        Leg(order_address(trade.buy), COIN, -(paid + cover + released)),
        Leg(f"holder/{trade.seller}/proceeds/{month}", COIN, paid),
    ]
    if cover:
        legs.append(Leg(f"holder/{trade.buyer}/fees/{month}", COIN, cover))
    if released:
        legs.append(Leg(main, COIN, released))
    return tuple(legs)


@dataclass(slots=True)
class OrderRow:
    """An order as far as the matcher and the ledger need it; the fields of `Order`."""

    pk: UUID
    side: str
    kind: str
    holder_id: UUID
    group: UUID
    number_id: UUID | None
    package: str
    deliver_to_id: UUID | None
    deliver_at_once: bool
    time_in_force: str
    maker_bp: int
    taker_bp: int
    price_coins: int
    lots: int
    open_lots: int
    filled_lots: int
    fee_coin_bp: int
    aside_amount: int
    state: str
    reason: str
    priority: int | None
    ended_at: datetime | None
    # Its id in the matcher and in addresses: written out once.
    key: str = field(init=False)

    def __post_init__(self) -> None:
        """Write the id out."""
        self.key = str(self.pk)


def order_id_of(holder: UUID, *, key: UUID) -> UUID:
    """Return the id of the order that a holder places with this key, the client's name for it."""
    return derived_id(holder, "place_order", key)


def bust_key(*, trade: UUID, order: UUID) -> UUID:
    """Return the client id of the event that gives an order back what a bust put beside it."""
    return derived_id(trade, "bust", order)


def order_address(order: UUID | str) -> str:
    """Return the address where an order's goods or coins lie."""
    return f"order/{order}"


def last_instant(month: date) -> datetime:
    """Return a month's last instant (Asia/Shanghai), to the microsecond."""
    return starts_at(month_after(month)) - timedelta(microseconds=1)


def within_month(*, at: datetime, month: date) -> datetime:
    """Return an instant of the book's month: what happens to a book later is still its month's."""
    return min(at, last_instant(month))


def is_of_age(*, birth_year: int | None, years: int, now_year: int) -> bool:
    """Say whether somebody born at any day of that year is this old for sure."""
    return birth_year is not None and now_year - birth_year > years


def hour_of(text: str, *, month: date) -> datetime:
    """Return the instant of a month that policy words so: `first 09:00`, `last 18:00`, `15 12:30`.

    Raises:
        ValueError: the text names no instant of the month.
    """
    read = _HOUR.fullmatch(text)
    if read is None:
        raise ValueError(f"{text!r} is no hour of a month.")
    last = (month_after(month) - timedelta(days=1)).day
    day = {"first": 1, "last": last}.get(read[1]) or int(read[1])
    at = time(int(read[2]), int(read[3]), tzinfo=SHANGHAI)
    return datetime.combine(month.replace(day=day), at)


def may_lose(*, price_min: int, bp_max: int, seller_coins_per_lot: int) -> bool:
    """Say whether a seller at the floor could owe more fee than a lot brings in."""
    return price_min * BASIS < price_min * bp_max + seller_coins_per_lot * BASIS
