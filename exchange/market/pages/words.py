"""Orders and prices as pages show them: states, reasons and sizes in words."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from exchange.market.rules import Level, Snapshot
from exchange.orders.models import Book, Order
from exchange.orders.queries import LIVE
from wallet.holders.rules import opaque_id
from wallet.holders.sentences import amount_words

ORDERS_SHOWN = 50
STATES = {
    "accepted": (_("排队中"), ""),
    "open": (_("挂单中"), ""),
    "filled": (_("全部成交"), "good"),
    "cancelled": (_("已撤销"), "warn"),
    "rejected": (_("未被接受"), "bad"),
}
REASONS = {
    "market": _("没有在您的价格以内成交的部分已退回。"),
    "no_number": _("收市前要送到号码上，而您没有这家运营商的号码，已退回。"),
    "fok_unfilled": _("不能一次全部成交，已退回。"),
    "post_would_trade": _("会立刻成交，所以没有挂上，已退回。"),
    "ioc": _("没有立刻成交的部分已退回。"),
    "self_trade": _("不能和自己成交，剩下的已退回。"),
    "closed": _("市场收盘，没有成交的已退回。"),
    "phase": _("市场当时不接受挂单，已退回。"),
}
PHASES = {
    "call": _("集合竞价"),
    "continuous": _("交易中"),
    "halt": _("暂停"),
    "closed": _("已收盘"),
}


def priced(levels: Sequence[Level], *, lot_mb: int) -> list[dict[str, Any]]:
    """Add to each price how much cheaper than the face value (1 coin = 1 MB) it is, in percent."""
    return [
        {"level": level, "saved_percent": 100 - -(-level.price_coins * 100 // lot_mb)}
        for level in levels
    ]


def next_step(snapshot: Snapshot) -> tuple[Any, datetime] | None:
    """Return what a book's schedule does next, in words, and when."""
    if snapshot.phase == Book.Phase.CONTINUOUS:
        return _("进入收市集合竞价"), snapshot.closing_call_at
    if snapshot.phase != Book.Phase.CALL:
        return None
    if snapshot.at < snapshot.opens_at:
        return _("开市"), snapshot.opens_at
    return _("撮合收市"), snapshot.uncross_at


def fees_of(book: Book) -> dict[str, str]:
    """Return the most that a book's fees come to, in words: percents, and coins a seller pays."""
    most = max(book.maker_bp, book.taker_bp)
    percent = f"{most // 100}.{most % 100:02}".rstrip("0").rstrip(".")
    return {"percent": percent, "coins_per_lot": f"{book.seller_coins_per_lot:,}"}


def rows_of(orders: Any) -> list[dict[str, Any]]:
    """Return orders as lists show them."""
    return [row_of(order) for order in orders]


def row_of(order: Order) -> dict[str, Any]:
    """Return an order as pages show it."""
    words, tone = STATES[order.state]
    return {
        "id": opaque_id("ord", order.pk),
        "order": order,
        "is_buy": order.side == Order.Side.BUY,
        "is_live": order.state in LIVE,
        "state": words,
        "tone": tone,
        "lots": _lots_words(order.lots),
        "filled": _lots_words(order.filled_lots),
        "waiting": _lots_words(order.open_lots),
        "size": amount_words(order.lots * order.book.lot_mb, ""),
    }


def _lots_words(lots: int) -> str:
    return ngettext("%(lots)s 手", "%(lots)s 手", lots) % {"lots": f"{lots:,}"}
