"""Find the one price at which a call auction clears."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import accumulate


@dataclass(slots=True, frozen=True)
class Clearing:
    """Say what a call auction would do: a price in ticks, a volume in lots."""

    price: int
    volume: int


@dataclass(slots=True, frozen=True)
class Indicative:
    """Say what an uncross would do now: its price, its volume and what would be left over.

    The imbalance (lots) is what is bid for at that price beyond what is offered; below zero, more
    is offered.
    """

    price: int
    volume: int
    imbalance: int

    @property
    def left_over(self) -> int:
        """Return how many lots would be left over, whichever side they are on."""
        return abs(self.imbalance)


@dataclass(slots=True, frozen=True)
class _Candidate:
    price: int
    buys: int
    sells: int

    @property
    def volume(self) -> int:
        return min(self.buys, self.sells)

    @property
    def surplus(self) -> int:
        return self.buys - self.sells


def clearing_of(
    *, bids: Iterable[tuple[int, int]], asks: Iterable[tuple[int, int]], reference: int | None
) -> Clearing | None:
    """Choose the uncross price from levels of (ticks, lots), or None if nothing crosses.

    Most volume; then least imbalance; then the highest price if the surplus is all on
    the buy side, the lowest if all on the sell side; else nearest the reference, which
    by default is the middle of the tied range, rounded down.
    """
    candidates = _candidates(bids=dict(bids), asks=dict(asks))
    volume = max((candidate.volume for candidate in candidates), default=0)
    if not volume:
        return None
    most = [candidate for candidate in candidates if candidate.volume == volume]
    imbalance = min(abs(candidate.surplus) for candidate in most)
    tied = [candidate for candidate in most if abs(candidate.surplus) == imbalance]
    return Clearing(price=_chosen_price(tied=tied, reference=reference), volume=volume)


def indicative_of(
    *, bids: Iterable[tuple[int, int]], asks: Iterable[tuple[int, int]]
) -> Indicative | None:
    """Say what an uncross of levels of (ticks, lots) would do, or None if nothing crosses."""
    bids, asks = list(bids), list(asks)
    clearing = clearing_of(bids=bids, asks=asks, reference=None)
    if clearing is None:
        return None
    buys = sum(lots for price, lots in bids if price >= clearing.price)
    sells = sum(lots for price, lots in asks if price <= clearing.price)
    return Indicative(clearing.price, clearing.volume, buys - sells)


def _candidates(*, bids: dict[int, int], asks: dict[int, int]) -> list[_Candidate]:
    """List the prices at which an order rests, ascending, with what would trade there."""
    prices = sorted(bids.keys() | asks.keys())
    sells = accumulate(asks.get(price, 0) for price in prices)
    buys = list(accumulate(bids.get(price, 0) for price in reversed(prices)))
    return list(map(_Candidate, prices, reversed(buys), sells))


def _chosen_price(*, tied: list[_Candidate], reference: int | None) -> int:
    """Break the tie among prices equal in volume and imbalance, ascending.

    No order rests between two tied neighbours, so any tick between the lowest and the
    highest of them trades the same volume: the reference may be taken itself.
    """
    lowest, highest = tied[0].price, tied[-1].price
    if all(candidate.surplus > 0 for candidate in tied):
        return highest
    if all(candidate.surplus < 0 for candidate in tied):
        return lowest
    if reference is None:
        return (lowest + highest) // 2
    return min(max(reference, lowest), highest)
