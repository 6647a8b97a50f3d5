"""Books, the log of accepted events, and the orders and trades the writer made of them."""

from exchange.orders.models.log import Event, Turn, Waiting
from exchange.orders.models.orders import Book, Order, Trade

__all__ = ["Book", "Event", "Order", "Trade", "Turn", "Waiting"]
