"""What the log says of a book, one small record for each thing that happened, and what is found."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal
from uuid import UUID

Side = Literal["B", "S"]
# What a finding is about: its kind, and the holders or the group it names.
Subject = tuple[str, str]
OTHER: dict[str, Side] = {"B": "S", "S": "B"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """An order came in under an event's number; `price` in coins a lot."""

    number: int
    at: datetime
    order: UUID
    holder: UUID
    group: UUID
    side: Side
    price: int
    lots: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Replaced:
    """A resting order got a new price or other open lots."""

    number: int
    at: datetime
    order: UUID
    price: int
    lots: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdrawn:
    """Its owner took what was left of a resting order away."""

    number: int
    at: datetime
    order: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Party:
    """One side of a trade: the order, its owner, and who counts as the same."""

    order: UUID
    holder: UUID
    group: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Traded:
    """Lots changed hands; `taker` is the side that came in, empty at an uncross."""

    number: int
    at: datetime
    trade: int
    buy: Party
    sell: Party
    price: int
    lots: int
    taker: str

    def party(self, side: str) -> Party:
        """Return who bought, or who sold."""
        return self.buy if side == "B" else self.sell


Fact = Placed | Replaced | Withdrawn | Traded


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Something to look at: what, whose, and the evidence by number; `why` says the figures."""

    kind: str
    subject: str
    at: datetime
    number: int
    holders: tuple[UUID, ...]
    events: tuple[int, ...]
    orders: tuple[UUID, ...]
    trades: tuple[int, ...]
    why: dict[str, int] = field(hash=False)


def subject_of(ids: Iterable[UUID]) -> str:
    """Return what names some holders together, in whatever order they come."""
    return " ".join(sorted(str(each) for each in ids))


def found(
    *,
    kind: str,
    subject: str,
    trades: Iterable[Traded],
    holders: Iterable[UUID],
    orders: Iterable[UUID] = (),
    events: Iterable[int] = (),
    why: dict[str, int],
    by: Fact,
) -> Finding:
    """Return a finding with its evidence in order, each thing once; `by` is what completed it."""
    met = sorted(trades, key=lambda one: one.trade)
    theirs = {each for trade in met for each in (trade.buy.order, trade.sell.order)}
    return Finding(
        kind=kind,
        subject=subject,
        at=by.at,
        number=by.number,
        holders=tuple(sorted(set(holders), key=str)),
        events=tuple(sorted({by.number, *events, *(trade.number for trade in met)})),
        orders=tuple(sorted({*orders, *theirs}, key=str)),
        trades=tuple(trade.trade for trade in met),
        why=why,
    )
