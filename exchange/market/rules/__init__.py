"""The arithmetic of market data: candles, what a book shows, and what it says on the wire."""

from exchange.market.rules.bars import (
    SPANS,
    Bar,
    Print,
    bars_by_span,
    bars_of,
    merged,
    span_ends_at,
    span_starts_at,
)
from exchange.market.rules.quotes import Quote, quote_of
from exchange.market.rules.shown import (
    SIDE_NAMES,
    LastTrade,
    Level,
    ShownCandle,
    Snapshot,
    Ticker,
    picture_of,
    snapshot_in,
)

__all__ = [
    "SIDE_NAMES",
    "SPANS",
    "Bar",
    "LastTrade",
    "Level",
    "Print",
    "Quote",
    "ShownCandle",
    "Snapshot",
    "Ticker",
    "bars_by_span",
    "bars_of",
    "merged",
    "picture_of",
    "quote_of",
    "snapshot_in",
    "span_ends_at",
    "span_starts_at",
]
