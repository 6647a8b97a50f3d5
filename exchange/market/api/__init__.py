"""The market's JSON."""

from exchange.market.api.books import Books, Depth
from exchange.market.api.orders import CancelledOrder, MyUnsettled, OneOrder, Orders, OrderTrades

__all__ = ["Books", "CancelledOrder", "Depth", "MyUnsettled", "OneOrder", "OrderTrades", "Orders"]
