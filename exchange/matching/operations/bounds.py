"""Read a book's log from where nothing can come any more, not from its beginning.

What had its turn is removed from what waits, but as long as any transaction may still see it, the
database walks through it: each batch of an hour's backup would walk through that hour's events.
"""

from pathlib import Path
from typing import Any

from django.db import connection
from django.db.models import Exists, OuterRef

from exchange.matching.operations.memory import Memory
from exchange.orders.models import Book, Waiting

NOTE_IDS_MIN = 10_000

_RAISE = (Path(__file__).parents[1] / "sql" / "raise_bound_v1.sql").read_text()


def raise_bound(memory: Memory) -> None:
    """Raise the id from which a book's log is read, each time so many more events had their turn.

    First the last event booked is noted, with a transaction begun after it. Events get their ids in
    order, in transactions that have begun: when none older than the noted one is under way, all that
    has a smaller id is there to be read, or never will be. In a transaction of somebody else's,
    which may itself be older, nothing is done.
    """
    if memory.booked is None or connection.in_atomic_block:
        return
    if memory.noted is None:
        last = next(reversed(memory.booked.batch.numbers), 0)
        if last - memory.waits_from < NOTE_IDS_MIN:
            return
        memory.noted = last, _begun()
    _raise(memory, *memory.noted, cursor=memory.booked.batch.cursor)


def _begun() -> str:
    """Begin a transaction, which ends at once, and return its id."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_current_xact_id()::text")
        return str(cursor.fetchone()[0])


def _raise(memory: Memory, last: int, ended: str, *, cursor: int) -> None:
    asked: dict[str, Any] = {
        "book": memory.book_id,
        "epoch": memory.epoch,
        "cursor": cursor,
        "last": last,
        "ended": ended,
    }
    with connection.cursor() as raised:
        raised.execute(_RAISE, asked)
        if (row := raised.fetchone()) is not None:
            memory.waits_from, memory.noted = row[0], None


def lower_wrong_bounds() -> list[Book]:
    """Let books be read from their beginning again where an event waits below the bound.

    That cannot be; should it, the event would wait for ever. Return those books.
    """
    missed = Waiting.objects.filter(book=OuterRef("pk"), event_id__lt=OuterRef("waits_from"))
    books = list(Book.objects.filter(Exists(missed)))
    Book.objects.filter(pk__in=[book.pk for book in books]).update(waits_from=0)
    return books
