"""A log is read from where nothing can come any more, and never from behind what still can."""

from collections.abc import Iterator
from datetime import timedelta

import psycopg
import pytest
from django.db import connection

from exchange.matching import tasks
from exchange.matching.operations import (
    Fenced,
    Memory,
    book_batch,
    bounds,
    drain_book,
    release_book,
    take_book,
)
from exchange.orders.models import Book, Event, Turn
from exchange.orders.queries import books_with_work, has_waiting_events
from tests import servers
from tests.exchange.proofs import assert_market_is_clean
from tests.given import NOW, a_book, a_trader, an_order
from wallet.holders.models import Holder

LOG = (
    "INSERT INTO public.exchange_event (book_id, kind, client_id, body, accepted_at)"
    " VALUES (%s, 'uncross', gen_random_uuid(), '{}', %s) RETURNING id"
)
DEAD = 3_000
LEASE = timedelta(seconds=16)


@pytest.fixture(autouse=True)
def _often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bounds, "NOTE_IDS_MIN", 1)


@pytest.fixture
def other(own_database: str) -> Iterator[psycopg.Connection]:
    """Yield somebody else's connection, whose transaction is whatever a test makes it."""
    with psycopg.connect(servers.server_url(database=own_database)) as connection:
        yield connection


@pytest.fixture
def buyer(own_database: str) -> Holder:
    """Return somebody who can place orders."""
    assert own_database
    return a_trader(coins=10_000)


@pytest.mark.quiet
@pytest.mark.own_database
def test_what_had_its_turn_is_left_behind(buyer: Holder) -> None:
    book = a_book()
    memory = _taken(book)
    last = _ordered(buyer, book, memory)
    assert _bound(book) == 0
    assert book_batch(memory=memory, now=NOW) is None
    assert _bound(book) == memory.waits_from == last + 1
    # What comes next has a greater id; and it bounds what is read after it, once it had its turn.
    assert _ordered(buyer, book, memory) > last
    release_book(memory)
    # The next writer begins where this one left off.
    assert _taken(book, later=1).waits_from == last + 1


@pytest.mark.quiet
@pytest.mark.own_database
def test_an_event_begun_first_and_committed_last_is_waited_for(
    buyer: Holder, other: psycopg.Connection
) -> None:
    book = a_book()
    memory = _taken(book)
    # One that is undone is waited for until it is, and no longer.
    _logged(other, book)
    undone = _ordered(buyer, book, memory)
    assert book_batch(memory=memory, now=NOW) is None
    assert _bound(book) == 0
    other.rollback()
    assert book_batch(memory=memory, now=NOW) is None
    assert _bound(book) == undone + 1
    late = _logged(other, book)
    for _ in range(3):
        assert _ordered(buyer, book, memory) > late
        assert book_batch(memory=memory, now=NOW) is None
    assert _bound(book) == memory.waits_from == undone + 1
    other.commit()
    # It is there to be read now, and as long as it waits the bound is no higher.
    bounds.raise_bound(memory)
    assert _bound(book) == late
    assert book_batch(memory=memory, now=NOW) == 1
    assert Turn.objects.latest("number").pk == late
    _ordered(buyer, book, memory)
    assert book_batch(memory=memory, now=NOW) is None
    assert _bound(book) > late
    release_book(memory)
    assert_market_is_clean()


@pytest.mark.quiet
@pytest.mark.own_database
def test_a_backup_makes_reading_no_slower(
    own_database: str, buyer: Holder, other: psycopg.Connection
) -> None:
    book = a_book()
    memory = _taken(book)
    _ordered(buyer, book, memory)
    assert book_batch(memory=memory, now=NOW) is None
    an_order(buyer, book, "B", 10, 1)
    before = _pages_read(book, since=memory.waits_from)
    # From now on a reader sees what is there; so what is removed cannot be cleaned away.
    other.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
    other.execute("SELECT count(*) FROM public.exchange_waiting")
    _come_and_gone(own_database, book)
    an_order(buyer, book, "B", 10, 1)
    assert book_batch(memory=memory, now=NOW) == 2
    assert book_batch(memory=memory, now=NOW) is None
    an_order(buyer, book, "B", 10, 1)
    assert _pages_read(book, since=0) > before + DEAD / 200
    assert _pages_read(book, since=memory.waits_from) <= before + 2


@pytest.mark.quiet
@pytest.mark.own_database
def test_of_two_writers_only_the_books_own_raises_its_bound(buyer: Holder) -> None:
    book = a_book()
    slow = _taken(book)
    _ordered(buyer, book, slow)
    quick = _taken(book, later=1)
    bounds.raise_bound(slow)
    assert _bound(book) == 0
    last = _ordered(buyer, book, quick)
    assert book_batch(memory=quick, now=NOW) is None
    an_order(buyer, book, "B", 10, 1)
    with pytest.raises(Fenced):
        book_batch(memory=slow, now=NOW)
    assert (_bound(book), slow.waits_from) == (last + 1, 0)
    assert book_batch(memory=quick, now=NOW) == 1
    # A server that came back without the last batch, which the memory has, tells nothing of ids.
    quick.noted = last + 9, "1"
    Book.objects.update(cursor=0)
    bounds.raise_bound(quick)
    assert _bound(book) == last + 1


@pytest.mark.django_db
def test_an_event_below_the_bound_is_found_and_told(caplog: pytest.LogCaptureFixture) -> None:
    book, right, buyer = a_book(), a_book("CU"), a_trader(coins=1_000)
    for one in (book, right):
        an_order(buyer, one, "B", 10, 1)
    missed = Event.objects.get(book=book)
    Book.objects.filter(pk=book.pk).update(waits_from=missed.pk + 1)
    assert list(books_with_work()) == [right]
    assert not has_waiting_events(book.pk)
    assert drain_book(book_id=book.pk, now=NOW) == 0
    tasks.find_missed_events()
    assert [record.getMessage() for record in caplog.records if record.levelname == "ERROR"] == [
        f"Events of {book} waited below {missed.pk + 1}, where nothing waits."
    ]
    assert set(books_with_work()) == {book, right}
    assert drain_book(book_id=book.pk, now=NOW) == 1
    caplog.clear()
    tasks.find_missed_events()
    assert not caplog.records


@pytest.mark.django_db
def test_a_transaction_begins_before_its_event_has_an_id() -> None:
    # What a column is given is found out where its default would be; an id of the sequence's own
    # would at times begin the transaction.
    begun = (
        "INSERT INTO public.exchange_event (id, book_id, kind, client_id, body, accepted_at)"
        " SELECT 1, gen_random_uuid(), 'uncross', gen_random_uuid(),"
        " to_jsonb(pg_current_xact_id_if_assigned() IS NOT NULL), %s RETURNING body"
    )
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_current_xact_id_if_assigned()")
        assert cursor.fetchone() == (None,)
        cursor.execute(begun, [NOW])
        assert cursor.fetchone() == ("true",)


@pytest.mark.django_db
def test_ids_of_events_are_given_in_order() -> None:
    # A session that kept ids for later would give them to transactions not begun yet.
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT seqincrement, seqcache, seqcycle FROM pg_sequence"
            " WHERE seqrelid = pg_get_serial_sequence('public.exchange_event', 'id')::regclass"
        )
        assert cursor.fetchone() == (1, 1, False)


def _ordered(buyer: Holder, book: Book, memory: Memory) -> int:
    """Have an order booked, and return its event's id."""
    an_order(buyer, book, "B", 10, 1)
    assert book_batch(memory=memory, now=NOW) == 1
    return Event.objects.latest("id").pk


def _logged(other: psycopg.Connection, book: Book) -> int:
    """Put an event into a log, and leave it uncommitted."""
    row = other.execute(LOG, [book.pk, NOW]).fetchone()
    assert row is not None
    return int(row[0])


def _come_and_gone(database: str, book: Book) -> None:
    """Let many events wait and be gone again."""
    with psycopg.connect(servers.server_url(database=database), autocommit=True) as owner:
        first = owner.execute(
            "WITH came AS (INSERT INTO public.exchange_waiting (book_id, event_id)"
            " SELECT %s, nextval(pg_get_serial_sequence('public.exchange_event', 'id'))"
            " FROM generate_series(1, %s) RETURNING event_id) SELECT min(event_id) FROM came",
            [book.pk, DEAD],
        ).fetchone()
        owner.execute("DELETE FROM public.exchange_waiting WHERE event_id >= %s", first)


def _pages_read(book: Book, *, since: int) -> int:
    """Return how many pages one read of what waits looks at, what it looks up once left out."""
    read = "EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) SELECT * FROM exchange_waiting_v2(%s, %s, '{}', 500)"
    with connection.cursor() as cursor:
        for _ in range(2):
            cursor.execute(read, [book.pk, since])
            (plan,) = cursor.fetchone()
    return int(plan[0]["Plan"]["Shared Hit Blocks"] + plan[0]["Plan"]["Shared Read Blocks"])


def _bound(book: Book) -> int:
    return Book.objects.values_list("waits_from", flat=True).get(pk=book.pk)


def _taken(book: Book, *, later: int = 0) -> Memory:
    memory = take_book(book_id=book.pk, now=NOW + later * LEASE)
    assert memory is not None
    return memory
