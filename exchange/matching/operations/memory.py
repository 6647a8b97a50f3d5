"""What the one writer of a book holds in memory, under a lease that others can see."""

from collections.abc import Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import cast
from uuid import UUID

from django.db import connections, transaction
from django.db.models import F, Q

from exchange.matching.operations.batch import Written
from exchange.matching.queries import open_orders
from exchange.matching.rules import Matcher, OpenOrder, Phase, SelfTradeMode, Side
from exchange.orders.models import Book
from exchange.orders.rules import OrderRow

LEASE_SECONDS = 15


class Fenced(Exception):
    """Another writer has taken the book over; what this one holds in memory is void."""


@dataclass(slots=True, kw_only=True)
class Memory:
    """A book as its writer knows it: how far the log is matched, and every open order.

    It is right while `epoch` is the book's and all that was matched gets booked; after any failure
    it is thrown away and made again from the open orders. `booked` is the last batch. The log is
    read from `waits_from` on; `noted` is what decides when that is raised: the id of an event, and
    a transaction begun after it.
    """

    book_id: UUID
    carrier: str
    month: date
    lot_mb: int
    closing_call_at: datetime
    epoch: int
    cursor: int
    trades: int
    phase: Phase
    matcher: Matcher
    orders: dict[str, OrderRow] = field(default_factory=dict)
    booked: Written | None = None
    waits_from: int = 0
    noted: tuple[int, str] | None = None
    # The next batch, while the one before is being booked, and who matches it.
    ahead: Future[Written | None] | None = None
    thread: ThreadPoolExecutor | None = None


def take_book(*, book_id: UUID, now: datetime) -> Memory | None:
    """Take the lease on a book and remember it; None while another writer holds it."""
    with transaction.atomic():
        taken = (
            Book.objects.filter(pk=book_id)
            .filter(Q(lease_until__isnull=True) | Q(lease_until__lte=now))
            .update(epoch=F("epoch") + 1, lease_until=lease_end(now))
        )
        if not taken:
            return None
        # The row is ours until this transaction ends: no older batch can commit after it.
        book = Book.objects.get(pk=book_id)
    return remembered(book, open_orders(book.pk))


def lease_end(now: datetime) -> datetime:
    """Return until when a writer that shows itself now holds its book."""
    return now + timedelta(seconds=LEASE_SECONDS)


def release_book(memory: Memory) -> None:
    """Give the lease back, so that the next writer need not wait for its end.

    What was matched ahead and is not booked is left to the next writer.
    """
    if memory.thread is not None:
        memory.thread.submit(connections.close_all)
        memory.thread.shutdown()
    Book.objects.filter(pk=memory.book_id, epoch=memory.epoch).update(lease_until=None)


def remembered(book: Book, resting: list[OrderRow]) -> Memory:
    """Return a book as its writer knows it, with these orders resting in it by their priority."""
    phase = cast("Phase", book.phase)
    matcher = Matcher.restore(
        orders=_resting(resting), stp=cast("SelfTradeMode", book.self_trade), phase=phase
    )
    return Memory(
        book_id=book.pk,
        carrier=book.carrier_id,
        month=book.month,
        lot_mb=book.lot_mb,
        closing_call_at=book.closing_call_at,
        epoch=book.epoch,
        cursor=book.cursor,
        trades=book.trades,
        phase=phase,
        matcher=matcher,
        orders={order.key: order for order in resting},
        waits_from=book.waits_from,
    )


def _resting(orders: Iterable[OrderRow]) -> Iterable[OpenOrder]:
    for order in orders:
        side = cast("Side", order.side)
        yield OpenOrder(order.key, side, order.price_coins, order.open_lots, str(order.group))
