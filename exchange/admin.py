"""The exchange's admin pages, collected from its folders."""

from exchange.orders import admin as orders
from exchange.surveillance import admin as surveillance

__all__ = ["orders", "surveillance"]
