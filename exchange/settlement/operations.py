"""Close the books of a month, and the market's stages of the month's close."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from exchange.matching.operations import ChangedOrder, Follower, drain_book
from exchange.orders.models import Book, Order
from exchange.orders.operations import ask_to_close
from exchange.orders.queries import LIVE, books_open_in
from exchange.settlement.queries import (
    fees_planned,
    late_order_postings,
    proceeds_planned,
    shards_of_fees,
    shards_of_late_orders,
    shards_of_proceeds,
)
from ledger.registry import ClosingMonth, Stage
from ledger.rules import Posting


def close_books(*, month: date, now: datetime, follower: Follower | None = None) -> list[Book]:
    """Close the books up to a month and give their open orders back; return those still open.

    One is still open only while another writer holds it; that writer, or asking again, ends it.
    A follower is told what became of orders.
    """
    for book in books_open_in(month).filter(closed_at__isnull=True):
        ask_to_close(book=book, now=now)
    for book in books_open_in(month):
        drain_book(book_id=book.pk, now=now, follower=follower)
    return list(books_open_in(month))


def late_orders_stage(*, follower: Follower) -> Stage:
    """Return the stage that gives back what came late to a book; a follower is told of each order."""

    def record(closing: ClosingMonth, shard: str, postings: Sequence[Posting]) -> None:
        for book_id, ended in _end_late_orders(postings, at=closing.at).items():
            follower(book_id, ended)

    return Stage(
        name="late_orders",
        title=_("退回没有成交的订单"),
        place=5,
        shards=shards_of_late_orders,
        plan=late_order_postings,
        record=record,
    )


def _end_late_orders(
    postings: Sequence[Posting], *, at: datetime
) -> dict[UUID, list[ChangedOrder]]:
    orders = Order.objects.filter(pk__in=[str(one.metadata["order"]) for one in postings])
    orders.update(aside_amount=0)
    ended: dict[UUID, list[ChangedOrder]] = {}
    cancelled = Order.State.CANCELLED
    for row in orders.filter(state__in=LIVE).order_by("pk"):
        told = ChangedOrder(row.holder_id, str(row.pk), cancelled.value, 0, row.filled_lots)
        ended.setdefault(row.book_id, []).append(told)
    orders.filter(state__in=LIVE).update(state=cancelled, reason="closed", open_lots=0, ended_at=at)
    return ended


STAGES = (
    Stage(
        name="proceeds",
        title=_("给卖方结货款"),
        place=10,
        shards=shards_of_proceeds,
        plan=proceeds_planned,
    ),
    Stage(
        name="fees",
        title=_("收手续费，退回多留的"),
        place=11,
        shards=shards_of_fees,
        plan=fees_planned,
    ),
)
