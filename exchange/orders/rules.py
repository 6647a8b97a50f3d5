"""What an order sets aside, what a trade moves and what an order's end gives back: pure sums.

Coins are whole. A fee is exact in coins × basis points until it is rounded up, and what an order
has moved as fee cover is always that exact sum rounded up once, however many trades it took.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from ledger.rules import COIN, Leg, merged, month_after, month_name, monthly_asset, move, starts_at

BASIS = 10_000


def fee_coins(coin_bp: int) -> int:
    """Return a fee in whole coins, rounded up, from coins × basis points."""
    return -(-coin_bp // BASIS)


def escrow_coins(*, open_lots: int, price_coins: int, bp_max: int, fee_coin_bp: int = 0) -> int:
    """Return the coins a buy sets aside for its open lots: their price, and cover for the fee.

    `fee_coin_bp` is the exact fee of what it bought so far, whose cover has left already.
    """
    value = open_lots * price_coins
    return value + fee_coins(fee_coin_bp + value * bp_max) - fee_coins(fee_coin_bp)


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
    buy: UUID
    buyer: UUID
    sell: UUID
    seller: UUID
    sums: Bought


def trade_legs(trade: Exchanged) -> tuple[Leg, ...]:
    """Return a trade's legs: the goods change kind and owner, the coins wait for the close."""
    surplus = monthly_asset(goods="SURPLUS", carrier=trade.carrier, month=trade.month)
    data = monthly_asset(goods="DATA", carrier=trade.carrier, month=trade.month)
    buy, buyer = order_address(trade.buy), f"holder/{trade.buyer}"
    sums, month = trade.sums, month_name(trade.month)
    proceeds = f"holder/{trade.seller}/proceeds/{month}"
    return merged(
        (
            *move(
                asset=surplus,
                amount=trade.mb,
                source=order_address(trade.sell),
                target="system/sold",
            ),
            *move(asset=data, amount=trade.mb, source="system/sold", target=f"{buyer}/main"),
            *move(asset=COIN, amount=sums.paid_coins, source=buy, target=proceeds),
            *move(asset=COIN, amount=sums.cover_coins, source=buy, target=f"{buyer}/fees/{month}"),
            *move(asset=COIN, amount=sums.released_coins, source=buy, target=f"{buyer}/main"),
        )
    )


def order_address(order: UUID) -> str:
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
