"""Print reports as CSV lines; `seq` comes as the log has it, saving a conversion a line."""

from collections.abc import Callable
from typing import Any, Final

from .reports import Accepted, Cancelled, Rejected, Replaced, Report, Trade, Uncrossed
from .snapshots import DepthLevel

HEADER: Final = "seq,report,order_id,counter_id,side,price,quantity,remaining,reason\n"


def line_of_accepted(seq: str, report: Accepted) -> str:
    """Print an order taken, or the whole of a market order, whose price is empty."""
    price = "" if report.price is None else report.price
    quantity = report.quantity
    return f"{seq},ACCEPTED,{report.order_id},,{report.side},{price},{quantity},{quantity},\n"


def line_of_rejected(seq: str, report: Rejected) -> str:
    """Print a refusal."""
    return f"{seq},REJECTED,{report.order_id},,,,,,{report.reason}\n"


def line_of_trade(seq: str, report: Trade) -> str:
    """Print a trade."""
    return (
        f"{seq},TRADE,{report.order_id},{report.counter_id},{report.side},"
        f"{report.price},{report.quantity},{report.remaining},\n"
    )


def line_of_cancelled(seq: str, report: Cancelled) -> str:
    """Print what was taken away; nothing of the order remains."""
    price = "" if report.price is None else report.price
    return (
        f"{seq},CANCELLED,{report.order_id},,{report.side},"
        f"{price},{report.quantity},0,{report.reason}\n"
    )


def line_of_replaced(seq: str, report: Replaced) -> str:
    """Print an order's new price and open quantity."""
    quantity = report.quantity
    return (
        f"{seq},REPLACED,{report.order_id},,{report.side},{report.price},{quantity},{quantity},\n"
    )


def line_of_uncrossed(seq: str, report: Uncrossed) -> str:
    """Print an auction's price and volume, both empty where nothing crossed."""
    if report.price is None:
        return f"{seq},UNCROSSED,,,,,,,\n"
    return f"{seq},UNCROSSED,,,,{report.price},{report.quantity},,\n"


def line_of_level(level: DepthLevel) -> str:
    """Print a level of the book, its number of orders standing in `remaining`."""
    return f",BOOK,,,{level.side},{level.price},{level.quantity},{level.orders},\n"


# By exact class: a dictionary is the quickest choice, but its type cannot tell that
# each printer takes what its key makes, hence Any.
LINE_OF: Final[dict[type[Report], Callable[[str, Any], str]]] = {
    Accepted: line_of_accepted,
    Rejected: line_of_rejected,
    Trade: line_of_trade,
    Cancelled: line_of_cancelled,
    Replaced: line_of_replaced,
    Uncrossed: line_of_uncrossed,
}
