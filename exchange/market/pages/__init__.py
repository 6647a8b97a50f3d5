"""The market's pages: books, forms to buy and to sell, my orders."""

from exchange.market.pages.books import live, market, one_book
from exchange.market.pages.orders import cancel, cancel_all, my_orders, one_order

__all__ = ["cancel", "cancel_all", "live", "market", "my_orders", "one_book", "one_order"]
