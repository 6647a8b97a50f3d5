"""Keep one side's resting orders in price-time order.

Leaving is lazy: a cancelled order has quantity 0 and goes from its queue when it comes
to the front; an emptied level goes from its side when an order reaches it. Both are
swept out earlier once the dead outnumber the living, so that memory follows the live
orders alone. In a busy book most orders are cancelled soon after they came, at prices
that fill again at once: this saves the rebuilding.
"""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from .terms import Side

DEAD_ORDERS_MIN: Final = 32
EMPTY_LEVELS_MIN: Final = 256


class Level:
    """Hold the orders at one price, first come first, `dead` of them cancelled."""

    __slots__ = ("dead", "orders", "price", "quantity")

    def __init__(self, price: int) -> None:
        """Begin empty."""
        self.price = price
        self.orders: deque[Order] = deque()
        self.quantity = 0
        self.dead = 0

    def front(self) -> "Order":
        """Return the first live order of a level that has one, dropping dead ones before it."""
        orders = self.orders
        while not orders[0].quantity:
            orders.popleft()
            self.dead -= 1
        return orders[0]

    def live_orders(self) -> "Iterator[Order]":
        """Walk the orders still open, first come first."""
        return (order for order in self.orders if order.quantity)

    def bury(self) -> None:
        """Count an order just cancelled, and sweep the dead out when they are the most."""
        self.dead += 1
        if self.dead > DEAD_ORDERS_MIN and self.dead * 2 > len(self.orders):
            self.orders = deque(self.live_orders())
            self.dead = 0


@dataclass(slots=True, eq=False)
class Order:
    """Carry an order while it comes in and, if it rests, until it is gone.

    `price` is None for a market order, which never rests; `level` is where it rests.
    """

    order_id: str
    side: Side
    price: int | None
    quantity: int
    group: str
    level: Level | None = None


class HalfBook:
    """Hold the levels of one side, found by key: the price, negated for sells.

    So the best level of either side has the highest key, the last of `keys`, where a
    sorted list grows and shrinks most cheaply. `empty` of the levels hold no order.
    """

    __slots__ = ("empty", "keys", "levels", "sign")

    def __init__(self, *, side: Side) -> None:
        """Begin with no order."""
        self.sign = 1 if side == "B" else -1
        self.keys: list[int] = []
        self.levels: dict[int, Level] = {}
        self.empty = 0

    def best(self) -> Level | None:
        """Return the best level with an order in it, or None; forget empty ones above it."""
        while self.keys:
            level = self.levels[self.keys[-1]]
            if level.quantity:
                return level
            del self.levels[self.keys.pop()]
            self.empty -= 1
        return None

    def is_reached(self, price: int | None, level: Level) -> bool:
        """Ask whether an order of the other side meets a level; without a price it does."""
        return price is None or price * self.sign <= level.price * self.sign

    def bury(self, level: Level) -> None:
        """Count a level just emptied, and sweep the empty out when they are the most."""
        level.orders.clear()
        level.dead = 0
        self.empty += 1
        if self.empty > EMPTY_LEVELS_MIN and self.empty * 2 > len(self.keys):
            self.levels = {key: level for key, level in self.levels.items() if level.quantity}
            self.keys = sorted(self.levels)
            self.empty = 0

    def best_first(self) -> Iterator[Level]:
        """Walk the levels with an order in them, best first."""
        return (level for key in reversed(self.keys) if (level := self.levels[key]).quantity)
