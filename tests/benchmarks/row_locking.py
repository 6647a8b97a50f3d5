"""A matcher without a log or a writer, for comparison: whoever brings an order locks the book.

Each order is a transaction of its own: the book's row FOR UPDATE, the resting orders it meets
FOR UPDATE, the same rules, the same rows and the same entries by the same call as the writer's.
"""

import time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from uuid import UUID

from django.db import connections, transaction

from exchange.matching.operations import writer
from exchange.matching.operations.events import worked_off
from exchange.matching.operations.memory import remembered
from exchange.matching.operations.writing import written_out
from exchange.matching.queries import events_among, order_rows
from exchange.orders.models import Book, Event, Order, Waiting
from exchange.orders.rules import OrderRow
from tests import given

CLIENTS = 8
# Found by its side and price, as such a matcher would want it. It is there while that is measured:
# the writer has no such index, which every order would be moved through.
INDEX = """
CREATE INDEX bench_crossing ON exchange_order (book_id, side, price_coins, priority)
WHERE state = 'open'
"""
NO_INDEX = "DROP INDEX bench_crossing"


def rate(book_id: UUID) -> float:
    """Return how many of a book's accepted orders 8 clients book a second."""
    waiting = Waiting.objects.filter(book=book_id).order_by("event")
    events = list(waiting.values_list("event", flat=True))
    connections.close_all()
    fork = get_context("fork")
    connected = fork.Barrier(CLIENTS + 1)
    with ProcessPoolExecutor(
        CLIENTS, mp_context=fork, initializer=_keep, initargs=(connected,)
    ) as pool:
        jobs = [pool.submit(_work, book_id, events[place::CLIENTS]) for place in range(CLIENTS)]
        connected.wait()
        begun = time.perf_counter()
        for job in jobs:
            job.result()
        return len(events) / (time.perf_counter() - begun)


def _keep(connected: object) -> None:
    globals()["_connected"] = connected


def _work(book_id: UUID, events: list[int]) -> None:
    Book.objects.exists()
    globals()["_connected"].wait()
    for event in events:
        _match(book_id, event)
    connections.close_all()


@transaction.atomic
def _match(book_id: UUID, event_id: int) -> None:
    book = Book.objects.select_for_update().get(pk=book_id)
    (event,) = events_among(Event.objects.filter(pk=event_id))
    assert event.order is not None
    memory = remembered(book, _met_by(event.order, book_id))
    batch = worked_off(memory=memory, events=[event])
    writer._book(memory, written_out(memory=memory, batch=batch), now=given.NOW)


def _met_by(order: OrderRow, book_id: UUID) -> list[OrderRow]:
    """Lock and return the best resting orders that an order meets, until they fill it."""
    resting = Order.objects.filter(book=book_id, state=Order.State.OPEN)
    if order.side == Order.Side.BUY:
        meets = resting.filter(side=Order.Side.SELL, price_coins__lte=order.price_coins)
        meets = meets.order_by("price_coins", "priority")
    else:
        meets = resting.filter(side=Order.Side.BUY, price_coins__gte=order.price_coins)
        meets = meets.order_by("-price_coins", "priority")
    # Each takes a lot at least: so many are enough.
    return order_rows(meets.select_for_update()[: order.lots])
