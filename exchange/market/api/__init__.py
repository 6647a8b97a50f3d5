"""The market's JSON."""

from exchange.market.api.books import Books, Depth, MyUnsettled
from exchange.market.api.changes import (
    CancelledOrder,
    CancelledOrders,
    CancelledOrdersOfBook,
    ReplacedOrder,
)
from exchange.market.api.orders import OneOrder, Orders, OrderTrades

__all__ = [
    "Books",
    "CancelledOrder",
    "CancelledOrders",
    "CancelledOrdersOfBook",
    "Depth",
    "MyUnsettled",
    "OneOrder",
    "OrderTrades",
    "Orders",
    "ReplacedOrder",
]
