"""Hold both sides of a book and every live order by its id."""

from bisect import insort
from collections.abc import Iterator
from itertools import islice

from .levels import HalfBook, Level, Order
from .snapshots import Depth, DepthLevel, OpenOrder
from .terms import Side


class Book:
    """Keep the resting orders; knows where an order stands, not when it trades."""

    __slots__ = ("asks", "bids", "orders")

    def __init__(self) -> None:
        """Begin empty."""
        self.orders: dict[str, Order] = {}
        self.bids = HalfBook(side="B")
        self.asks = HalfBook(side="S")

    def opposite(self, order: Order) -> HalfBook:
        """Return the side an order trades with."""
        return self.asks if order.side == "B" else self.bids

    def rest(self, order: Order, price: int) -> None:
        """Put an order behind those already at its price."""
        half = self.bids if order.side == "B" else self.asks
        key = price * half.sign
        level = half.levels.get(key)
        if level is None:
            level = half.levels[key] = Level(price)
            insort(half.keys, key)
        elif not level.quantity:
            half.empty -= 1
        level.orders.append(order)
        level.quantity += order.quantity
        order.level = level
        self.orders[order.order_id] = order

    def withdraw(self, order: Order, level: Level) -> None:
        """Take a resting order out of the level where it stands."""
        del self.orders[order.order_id]
        level.quantity -= order.quantity
        order.quantity = 0
        order.level = None
        if level.quantity:
            level.bury()
        else:
            (self.bids if order.side == "B" else self.asks).bury(level)

    def fill(self, order: Order, level: Level, quantity: int) -> None:
        """Take lots off the front order of a level, and the order itself when none is left."""
        level.quantity -= quantity
        order.quantity -= quantity
        if order.quantity:
            return
        del self.orders[order.order_id]
        level.orders.popleft()
        order.level = None
        if not level.quantity:
            (self.bids if order.side == "B" else self.asks).bury(level)

    def open_orders(self) -> Iterator[OpenOrder]:
        """Walk the resting orders in priority order, buys first."""
        for half in (self.bids, self.asks):
            for level in half.best_first():
                for order in level.live_orders():
                    yield OpenOrder(
                        order.order_id, order.side, level.price, order.quantity, order.group
                    )

    def depth(self, *, levels: int | None) -> Depth:
        """Sum the best `levels` prices of each side, or all of them."""
        return Depth(
            bids=_depth_of(half=self.bids, side="B", levels=levels),
            asks=_depth_of(half=self.asks, side="S", levels=levels),
        )


def _depth_of(*, half: HalfBook, side: Side, levels: int | None) -> list[DepthLevel]:
    return [
        DepthLevel(side, level.price, level.quantity, len(level.orders) - level.dead)
        for level in islice(half.best_first(), levels)
    ]
