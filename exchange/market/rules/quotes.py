"""What some lots would cost or bring now, by the best prices shown."""

from collections.abc import Sequence
from dataclasses import dataclass

from exchange.market.rules.shown import Level


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """How many of the lots asked for find their price now, for how much, the worst price of them.

    Coins, without fees; the worst price is per lot and None where nothing is found.
    """

    lots: int
    found_lots: int
    total_coins: int
    worst_coins: int | None


def quote_of(levels: Sequence[Level], *, lots: int) -> Quote:
    """Return what lots would cost or bring against one side of a book, its best price first."""
    left, total, worst = lots, 0, None
    for level in levels:
        if not left:
            break
        taken = min(left, level.lots)
        left, total, worst = left - taken, total + taken * level.price_coins, level.price_coins
    return Quote(lots=lots, found_lots=lots - left, total_coins=total, worst_coins=worst)
