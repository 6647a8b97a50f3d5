"""State what the matcher says: one small record for each thing that happened.

Prices are ticks, quantities lots. The records are not frozen only because a frozen
one takes twice as long to make, and the matcher makes one for every line of a log.
"""

from dataclasses import dataclass

from .terms import CancelReason, RejectReason, Side


@dataclass(slots=True)
class Accepted:
    """An order was taken, whole; a market order has no price."""

    order_id: str
    side: Side
    price: int | None
    quantity: int


@dataclass(slots=True)
class Rejected:
    """A command changed nothing; a refused uncross has an empty order id."""

    order_id: str
    reason: RejectReason


@dataclass(slots=True)
class Trade:
    """Two orders met: `order_id` came in (at an uncross: bought), `counter_id` rested (sold)."""

    order_id: str
    counter_id: str
    side: Side
    price: int
    quantity: int
    remaining: int


@dataclass(slots=True)
class Cancelled:
    """What was left of an order was taken away."""

    order_id: str
    side: Side
    price: int | None
    quantity: int
    reason: CancelReason


@dataclass(slots=True)
class Replaced:
    """An order has a new price or open quantity; what it trades at once follows."""

    order_id: str
    side: Side
    price: int
    quantity: int


@dataclass(slots=True)
class Uncrossed:
    """A call auction was decided; both are None where the book did not cross."""

    price: int | None
    quantity: int | None


Report = Accepted | Rejected | Trade | Cancelled | Replaced | Uncrossed
