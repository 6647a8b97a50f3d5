"""Follow the trades of the books: what everybody sees is computed once."""

from exchange.market.operations.candles import follow_trades, rebuild_candles
from exchange.market.operations.pictures import Picture, draw_picture

__all__ = ["Picture", "draw_picture", "follow_trades", "rebuild_candles"]
