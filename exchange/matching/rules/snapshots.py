"""Show a book from outside: its open orders and its depth."""

from dataclasses import dataclass

from .terms import Side


@dataclass(slots=True, frozen=True)
class OpenOrder:
    """Describe an order that rests: what a matcher is rebuilt from."""

    order_id: str
    side: Side
    price: int
    quantity: int
    group: str = ""


@dataclass(slots=True, frozen=True)
class DepthLevel:
    """Sum up one price: its open quantity in lots, and how many orders make it up."""

    side: Side
    price: int
    quantity: int
    orders: int


@dataclass(slots=True, frozen=True)
class Depth:
    """Show both sides of a book, best price first."""

    bids: list[DepthLevel]
    asks: list[DepthLevel]
