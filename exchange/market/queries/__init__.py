"""What the market shows, and what a holder has in it."""

from exchange.market.queries.books import Offer, keep_snapshot, offers_at, snapshot_now, snapshot_of
from exchange.market.queries.history import (
    books_to_tell,
    busts_of,
    candles_of,
    prints_of,
    trades_of_book,
)
from exchange.market.queries.mine import (
    Stock,
    Unsettled,
    orders_set_aside,
    stocks_of,
    unsettled_of,
)
from exchange.market.rules import Snapshot

__all__ = [
    "Offer",
    "Snapshot",
    "Stock",
    "Unsettled",
    "books_to_tell",
    "busts_of",
    "candles_of",
    "keep_snapshot",
    "offers_at",
    "orders_set_aside",
    "prints_of",
    "snapshot_now",
    "snapshot_of",
    "stocks_of",
    "trades_of_book",
    "unsettled_of",
]
