"""Close the books of a month, and the market's stages of the month's close."""

from collections.abc import Sequence
from datetime import date, datetime

from django.utils.translation import gettext_lazy as _

from exchange.matching.operations import drain_book
from exchange.orders.models import Book, Order
from exchange.orders.operations import ask_to_close
from exchange.orders.queries import LIVE, books_open_in
from exchange.settlement.queries import (
    fees_planned,
    late_order_postings,
    proceeds_planned,
    shards_of_holders,
)
from ledger.registry import ClosingMonth, Stage
from ledger.rules import Posting


def close_books(*, month: date, now: datetime) -> list[Book]:
    """Close the books up to a month and give their open orders back; return those still open.

    One is still open only while another writer holds it; that writer, or asking again, ends it.
    """
    for book in books_open_in(month).filter(closed_at__isnull=True):
        ask_to_close(book=book, now=now)
    for book in books_open_in(month):
        drain_book(book_id=book.pk, now=now)
    return list(books_open_in(month))


def _end_late_orders(closing: ClosingMonth, shard: str, postings: Sequence[Posting]) -> None:
    orders = Order.objects.filter(pk__in=[str(one.metadata["order"]) for one in postings])
    orders.update(aside_amount=0)
    orders.filter(state__in=LIVE).update(
        state=Order.State.CANCELLED, reason="closed", open_lots=0, ended_at=closing.at
    )


STAGES = (
    Stage(
        name="late_orders",
        title=_("退回没有成交的订单"),
        place=5,
        shards=shards_of_holders,
        plan=late_order_postings,
        record=_end_late_orders,
    ),
    Stage(
        name="proceeds",
        title=_("给卖方结货款"),
        place=10,
        shards=shards_of_holders,
        plan=proceeds_planned,
    ),
    Stage(
        name="fees",
        title=_("收手续费，退回多留的"),
        place=11,
        shards=shards_of_holders,
        plan=fees_planned,
    ),
)
