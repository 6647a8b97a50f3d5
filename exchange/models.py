"""The exchange's tables, collected from its folders."""

from exchange.orders.models import Book, Event, Order, Trade

__all__ = ["Book", "Event", "Order", "Trade"]
