"""The exchange's tables, collected from its folders."""

from exchange.market.models import Candle, Tape
from exchange.orders.models import Book, Event, Order, Trade, Turn, Waiting
from exchange.surveillance.models import Alert, Watch

__all__ = ["Alert", "Book", "Candle", "Event", "Order", "Tape", "Trade", "Turn", "Waiting", "Watch"]
