"""The single writer of a book: number events, match them, and book a batch in one transaction."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from exchange.matching.operations.ahead import look_ahead, next_batch, wait_for_ahead
from exchange.matching.operations.batch import ACTOR, Batch, Follower, Written
from exchange.matching.operations.bounds import raise_bound
from exchange.matching.operations.events import given_back
from exchange.matching.operations.memory import (
    Fenced,
    Memory,
    lease_end,
    release_book,
    take_book,
)
from exchange.matching.operations.writing import call_booking, moves_of, written_out
from exchange.orders.models import Book
from wallet.convert.operations import deliver_bought

BATCH_EVENTS_MAX = 500


def drain_book(*, book_id: UUID, now: datetime, follower: Follower | None = None) -> int:
    """Work a book's whole log off, and return how many events that were.

    While another writer holds the book nothing is done: that one will do it. A follower is told
    after each batch what became of orders.
    """
    memory = take_book(book_id=book_id, now=now)
    if memory is None:
        return 0
    booked = 0
    try:
        while (count := book_batch(memory=memory, now=now)) is not None:
            booked += count
            if follower is not None and memory.booked is not None:
                follower(book_id, list(memory.booked.changed.values()))
    finally:
        release_book(memory)
    return booked


def book_batch(*, memory: Memory, now: datetime) -> int | None:
    """Book the next events of the log, and return how many; None if there is nothing to do.

    While the database books a batch that leaves more to do, the next one is read and matched.
    A closed book without events gives its open orders back, a batch at a time.

    Raises:
        Fenced: another writer has the book; the memory is void, as after any other exception.
    """
    with _collecting_nothing():
        raise_bound(memory)
        written = next_batch(memory, most=BATCH_EVENTS_MAX)
        if written is not None:
            return _book_and_look_ahead(memory, written, now=now)
    if memory.phase == "closed" and _is_to_end(memory):
        batch = given_back(memory=memory, at=now, most=BATCH_EVENTS_MAX)
        _book(memory, written_out(memory=memory, batch=batch), now=now)
        return 0
    return None


@contextmanager
def _collecting_nothing() -> Iterator[None]:
    """Look for no garbage: a batch leaves none in cycles, and every open order would be walked to."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def _book_and_look_ahead(memory: Memory, written: Written, *, now: datetime) -> int:
    numbers = written.batch.numbers
    if len(numbers) >= BATCH_EVENTS_MAX:
        look_ahead(memory, most=BATCH_EVENTS_MAX, but=numbers)
    try:
        _book(memory, written, now=now)
    finally:
        wait_for_ahead(memory)
    return len(numbers)


def _is_to_end(memory: Memory) -> bool:
    return Book.objects.filter(pk=memory.book_id, closed_at__isnull=True).exists()


def _book(memory: Memory, written: Written, *, now: datetime) -> None:
    """Write a batch: the cursor first, which only the book's writer can move, the ledger last."""
    if written.moves is None:
        _deliver_and_call(memory, written, now=now)
        return
    # A single statement is a transaction of its own; within somebody else's it can be undone alone.
    with transaction.atomic() if connection.in_atomic_block else nullcontext():
        _call(memory, written, written.moves, now=now)


@transaction.atomic
def _deliver_and_call(memory: Memory, written: Written, *, now: datetime) -> None:
    batch = written.batch
    held = Book.objects.select_for_update().filter(
        pk=memory.book_id, epoch=memory.epoch, cursor=batch.begin
    )
    if not held.exists():
        raise _fenced(memory)
    deliveries = deliver_bought(batch.bought.values(), actor=ACTOR, at=batch.at, now=now)
    _leave_undelivered(batch, delivered={posting.id for posting in deliveries})
    _call(memory, written, moves_of(batch, [*batch.postings, *deliveries]), now=now)


def _call(memory: Memory, written: Written, moves: list[Any], *, now: datetime) -> None:
    batch = written.batch
    stand = (batch.begin, batch.cursor, written.trades, written.phase, lease_end(now))
    closed_at = batch.at if written.ends else None
    arguments = [memory.book_id, memory.epoch, *stand, closed_at, *written.rows, *moves]
    if not call_booking(arguments):
        raise _fenced(memory)
    memory.booked = written


def _fenced(memory: Memory) -> Fenced:
    return Fenced(f"Another writer has book {memory.book_id}.")


def _leave_undelivered(batch: Batch, *, delivered: set[UUID]) -> None:
    """Leave what no number could be found for in its buyer's wallet."""
    for trade in batch.trades:
        if trade.delivery_id not in delivered:
            trade.delivery_id = None
