"""The exchange's tables, collected from its folders."""

from exchange.market.models import Candle, Tape
from exchange.orders.models import Book, Event, Order, Trade

__all__ = ["Book", "Candle", "Event", "Order", "Tape", "Trade"]
