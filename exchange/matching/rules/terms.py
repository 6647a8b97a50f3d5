"""Name the words of an order log, as REPLAY knows them."""

from typing import Final, Literal

Side = Literal["B", "S"]
TimeInForce = Literal["GTC", "IOC", "FOK", "POST"]
Phase = Literal["call", "continuous", "halt", "closed"]
SelfTradeMode = Literal["none", "cancel_taker", "cancel_maker", "cancel_both"]
RejectReason = Literal[
    "phase",
    "duplicate_order",
    "unknown_order",
    "bad_quantity",
    "bad_price",
    "post_would_trade",
    "fok_unfilled",
]
CancelReason = Literal["user", "ioc", "market", "self_trade"]

SELF_TRADE_MODES: Final[tuple[SelfTradeMode, ...]] = (
    "none",
    "cancel_taker",
    "cancel_maker",
    "cancel_both",
)
