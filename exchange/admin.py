"""The exchange's admin pages, collected from its folders."""

from exchange.orders import admin as orders

__all__ = ["orders"]
