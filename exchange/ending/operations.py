"""Close every book, and pay proceeds and fee cover without waiting for the month's close."""

from dataclasses import replace
from datetime import datetime

from django.db import transaction

from exchange.ending.queries import books_left, purses_left
from exchange.matching.operations import Follower, drain_book
from exchange.orders.models import Book
from exchange.orders.operations import ask_to_close
from exchange.orders.queries import books_with_work
from exchange.settlement.queries import SHARDS, fees_planned, proceeds_planned
from ledger.months.operations import post_planned
from ledger.registry import ClosingMonth
from ledger.rules import PlannedPostings, month_of

ACTOR = "task/end_market"
# The close's own kinds are refused while a month is open.
EARLY = {"proceeds": "proceeds_early", "fees": "fees_early"}


def end_market(*, now: datetime, limit: int = 500, follower: Follower | None = None) -> int:
    """Close open books, give their orders back, pay this month's sellers; return how much was done.

    What an earlier month owes is its close's to pay. A follower is told what became of orders.
    """
    return _close_books(now=now, follower=follower) or _pay_early(now=now)


def _close_books(*, now: datetime, follower: Follower | None) -> int:
    before = books_left()
    for book in Book.objects.filter(closed_at__isnull=True).order_by("pk"):
        ask_to_close(book=book, now=now)
        drain_book(book_id=book.pk, now=now, follower=follower)
    for book in books_with_work():
        drain_book(book_id=book.pk, now=now, follower=follower)
    return before - books_left()


def _pay_early(*, now: datetime) -> int:
    if not purses_left(now=now):
        return 0
    closing = ClosingMonth(month=month_of(now), at=now, inputs={})
    return sum(
        _pay(planned)
        for shard in SHARDS
        for planned in (proceeds_planned(closing, shard), fees_planned(closing, shard))
    )


@transaction.atomic
def _pay(planned: PlannedPostings) -> int:
    paid, _ = post_planned(replace(planned, kind=EARLY[planned.kind], actor=ACTOR))
    return paid
