"""The market's pages: books, forms to buy and to sell, my orders."""

from exchange.market.pages.books import (
    market,
    my_open_orders,
    my_orders_in_book,
    one_book,
    parts,
    quote,
)
from exchange.market.pages.orders import cancel, cancel_all, my_orders, one_order
from exchange.market.pages.streams import live_again

__all__ = [
    "cancel",
    "cancel_all",
    "live_again",
    "market",
    "my_open_orders",
    "my_orders",
    "my_orders_in_book",
    "one_book",
    "one_order",
    "parts",
    "quote",
]
