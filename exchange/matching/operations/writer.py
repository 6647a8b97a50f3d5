"""The single writer of a book: number events, match them, and book a batch in one transaction."""

from collections.abc import Iterable, Sequence
from dataclasses import fields
from datetime import datetime
from operator import attrgetter
from pathlib import Path
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from exchange.matching.operations.batch import ACTOR, Batch, TradeRow
from exchange.matching.operations.events import given_back, worked_off
from exchange.matching.operations.memory import (
    Fenced,
    Memory,
    lease_end,
    release_book,
    take_book,
)
from exchange.matching.queries import waiting_events
from exchange.orders.models import Book
from exchange.orders.rules import OrderRow
from ledger.operations import post_batch
from ledger.rules import array_text
from wallet.convert.operations import deliver_bought

BATCH_EVENTS_MAX = 500
_COLUMNS_OF_ORDER = attrgetter(
    "key",
    "state",
    "reason",
    "price_coins",
    "lots",
    "open_lots",
    "filled_lots",
    "fee_coin_bp",
    "ended_at",
    "priority",
)
_COLUMNS_OF_TRADE = attrgetter(*(field.name for field in fields(TradeRow)))
_SQL = Path(__file__).parents[1] / "sql"
_NUMBER_EVENTS = (_SQL / "number_events_v1.sql").read_text()
_BOOK_ORDERS = (_SQL / "book_orders_v2.sql").read_text()
_INSERT_TRADES = (_SQL / "insert_trades_v1.sql").read_text()
_USE_ASIDE = (_SQL / "use_aside_v1.sql").read_text()


def drain_book(*, book_id: UUID, now: datetime) -> int:
    """Work a book's whole log off, and return how many events that were.

    While another writer holds the book nothing is done: that one will do it.
    """
    memory = take_book(book_id=book_id, now=now)
    if memory is None:
        return 0
    booked = 0
    try:
        while (count := book_batch(memory=memory, now=now)) is not None:
            booked += count
    finally:
        release_book(memory)
    return booked


def book_batch(*, memory: Memory, now: datetime) -> int | None:
    """Book the next events of the log, and return how many; None if there is nothing to do.

    A closed book without events gives its open orders back, a batch at a time.

    Raises:
        Fenced: another writer has the book; the memory is void, as after any other exception.
    """
    events = waiting_events(memory.book_id, most=BATCH_EVENTS_MAX)
    if events:
        _book(memory=memory, batch=worked_off(memory=memory, events=events), now=now)
        return len(events)
    if memory.phase == "closed" and _is_to_end(memory):
        batch = given_back(memory=memory, at=now, most=BATCH_EVENTS_MAX)
        _book(memory=memory, batch=batch, now=now)
        return 0
    return None


def _is_to_end(memory: Memory) -> bool:
    return Book.objects.filter(pk=memory.book_id, closed_at__isnull=True).exists()


@transaction.atomic
def _book(*, memory: Memory, batch: Batch, now: datetime) -> None:
    """Write a batch: the cursor first, which only the book's writer can move, the ledger last."""
    moved = Book.objects.filter(pk=memory.book_id, epoch=memory.epoch, cursor=memory.cursor).update(
        cursor=batch.cursor,
        trades=memory.trades,
        phase=memory.phase,
        lease_until=lease_end(now),
        **({"closed_at": batch.at} if _ends(memory, batch) else {}),
    )
    if moved != 1:
        raise Fenced(f"Another writer has book {memory.book_id}.")
    _number_events(batch)
    _write_orders(batch.orders.values())
    _use_aside(batch)
    deliveries = deliver_bought(batch.bought.values(), actor=ACTOR, at=batch.at, now=now)
    _leave_undelivered(batch, delivered={posting.id for posting in deliveries})
    _write_trades(memory.book_id, batch.trades)
    memory.cursor, memory.booked = batch.cursor, batch
    post_batch([*batch.postings, *deliveries])


def _ends(memory: Memory, batch: Batch) -> bool:
    return not batch.numbers and not memory.orders


def _number_events(batch: Batch) -> None:
    rows = [(event, *booked) for event, booked in batch.numbers.items()]
    _execute(_NUMBER_EVENTS, rows)


def _write_orders(orders: Iterable[OrderRow]) -> None:
    rows = [_COLUMNS_OF_ORDER(order) for order in orders]
    _execute(_BOOK_ORDERS, sorted(rows))


def _use_aside(batch: Batch) -> None:
    used = sorted((order, amount) for order, amount in batch.used.items() if amount)
    _execute(_USE_ASIDE, used)


def _leave_undelivered(batch: Batch, *, delivered: set[UUID]) -> None:
    """Leave what no number could be found for in its buyer's wallet."""
    for trade in batch.trades:
        if trade.delivery_id not in delivered:
            trade.delivery_id = None


def _write_trades(book_id: UUID, trades: Iterable[TradeRow]) -> None:
    _execute(_INSERT_TRADES, [_COLUMNS_OF_TRADE(trade) for trade in trades], book_id)


def _execute(statement: str, rows: Sequence[tuple[Any, ...]], *first: UUID) -> None:
    """Run a statement over rows, each of its columns an array; nothing without rows."""
    if rows:
        with connection.cursor() as cursor:
            cursor.execute(statement, [*first, *map(array_text, zip(*rows, strict=True))])
