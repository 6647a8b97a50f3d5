"""The market's pages: books, forms to buy and to sell, my orders."""

from exchange.market.pages.books import market, my_orders_in_book, one_book, parts, quote
from exchange.market.pages.orders import cancel, cancel_all, my_orders, one_order

__all__ = [
    "cancel",
    "cancel_all",
    "market",
    "my_orders",
    "my_orders_in_book",
    "one_book",
    "one_order",
    "parts",
    "quote",
]
