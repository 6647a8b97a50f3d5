"""The market's JSON."""

from exchange.market.api.books import Books, Depth, MyUnsettled
from exchange.market.api.changes import (
    CancelledOrder,
    CancelledOrders,
    CancelledOrdersOfBook,
    ReplacedOrder,
)
from exchange.market.api.history import (
    BookCandles,
    BookTrades,
    LastDay,
    LiveStream,
    OwnStream,
    QuotedLots,
    WholeSnapshot,
)
from exchange.market.api.orders import OneOrder, Orders, OrderTrades

__all__ = [
    "BookCandles",
    "BookTrades",
    "Books",
    "CancelledOrder",
    "CancelledOrders",
    "CancelledOrdersOfBook",
    "Depth",
    "LastDay",
    "LiveStream",
    "MyUnsettled",
    "OneOrder",
    "OrderTrades",
    "Orders",
    "OwnStream",
    "QuotedLots",
    "ReplacedOrder",
    "WholeSnapshot",
]
