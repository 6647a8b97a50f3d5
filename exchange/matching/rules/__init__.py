"""The rules of the market: what an order does to a book, and the log and reports of both."""

from .auction import Clearing, Indicative, indicative_of
from .matcher import Matcher
from .reports import Accepted, Cancelled, Rejected, Replaced, Report, Trade, Uncrossed
from .snapshots import Depth, DepthLevel, OpenOrder
from .terms import (
    SELF_TRADE_MODES,
    CancelReason,
    Phase,
    RejectReason,
    SelfTradeMode,
    Side,
    TimeInForce,
)

__all__ = [
    "SELF_TRADE_MODES",
    "Accepted",
    "CancelReason",
    "Cancelled",
    "Clearing",
    "Depth",
    "DepthLevel",
    "Indicative",
    "Matcher",
    "OpenOrder",
    "Phase",
    "RejectReason",
    "Rejected",
    "Replaced",
    "Report",
    "SelfTradeMode",
    "Side",
    "TimeInForce",
    "Trade",
    "Uncrossed",
    "indicative_of",
]
