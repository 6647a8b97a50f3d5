"""What to ask for each door of the market."""

from collections.abc import Callable
from typing import Any

from tests import given
from wallet.holders.rules import opaque_id


def _order(world: Any) -> str:
    return opaque_id("ord", given.an_order(world.me, world.book, "B", 60, 1, now=world.now).pk)


def _book(world: Any) -> str:
    return opaque_id("bok", world.book.pk)


PLACES: dict[str, Callable[[Any], str]] = {
    **dict.fromkeys(("book_trades", "candles", "live", "quote", "snapshot", "ticker"), _book),
    "cancel_order": _order,
    "cancel_orders_of_book": _book,
    "depth": _book,
    "order": _order,
    "order_trades": _order,
    "replace_order": _order,
}
#: Every field a door knows is named, so that each can be spoilt.
BODIES: dict[str, Callable[[Any], dict[str, Any]]] = {
    "place_order": lambda world: {
        "book": opaque_id("bok", world.book.pk),
        "kind": "limit",
        "side": "sell",
        "price_coins": 60,
        "lots": 1,
        "time_in_force": "GTC",
        "number": opaque_id("num", world.number.pk),
        "package": given.PACKAGE,
        "deliver_at_once": False,
    },
    "replace_order": lambda _world: {"price_coins": 50, "lots": 2},
}
