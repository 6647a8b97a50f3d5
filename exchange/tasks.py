"""The exchange's background work, collected from its folders."""

from exchange.market.tasks import tell_book, tell_books
from exchange.matching.tasks import find_missed_events, run_waiting_writers, run_writer
from exchange.orders.tasks import open_books_of_month
from exchange.settlement.tasks import close_ended_books
from exchange.surveillance.tasks import watch_books

__all__ = [
    "close_ended_books",
    "find_missed_events",
    "open_books_of_month",
    "run_waiting_writers",
    "run_writer",
    "tell_book",
    "tell_books",
    "watch_books",
]
