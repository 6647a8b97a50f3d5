"""Writes of the order book: books, orders, and the log of events the writer works off."""

from exchange.orders.operations.books import (
    BookPast,
    ask_to_close,
    open_book,
    turn_phase,
    uncross_book,
)
from exchange.orders.operations.limits import (
    LineUnknown,
    MonthCapPassed,
    ShareOfAllowancePassed,
    TierTooLow,
    TooLittleLeft,
    TooYoung,
)
from exchange.orders.operations.placing import (
    LOTS_MAX,
    TIMES_IN_FORCE,
    BadLine,
    BadLots,
    BadPrice,
    BadTimeInForce,
    BookNotTrading,
    Line,
    OrderEnded,
    cancel_order,
    place_order,
)

__all__ = [
    "LOTS_MAX",
    "TIMES_IN_FORCE",
    "BadLine",
    "BadLots",
    "BadPrice",
    "BadTimeInForce",
    "BookNotTrading",
    "BookPast",
    "Line",
    "LineUnknown",
    "MonthCapPassed",
    "OrderEnded",
    "ShareOfAllowancePassed",
    "TierTooLow",
    "TooLittleLeft",
    "TooYoung",
    "ask_to_close",
    "cancel_order",
    "open_book",
    "place_order",
    "turn_phase",
    "uncross_book",
]
