"""The next batch is matched while one is booked, and is worth nothing if that one fails."""

from collections.abc import Sequence
from concurrent.futures import wait
from dataclasses import replace
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from django.db import connection

from exchange.matching.operations import (
    Fenced,
    Memory,
    ahead,
    book_batch,
    drain_book,
    release_book,
    take_book,
    verify_book,
    writer,
    writing,
)
from exchange.matching.operations.batch import Batch
from exchange.matching.operations.events import worked_off
from exchange.matching.queries import EventRow, events_among, waiting_events
from exchange.orders.models import Book, Event, Order, Trade, Turn
from exchange.orders.operations import cancel_order
from ledger.models import Transaction
from tests.exchange.proofs import assert_market_is_clean
from tests.given import NOW, a_book, a_line, a_trader, an_order

LATER = NOW + timedelta(seconds=16)


class _Booking:
    """The call that books a batch, once the next one is matched."""

    def __init__(self, memory: Memory, *, fails: bool = False) -> None:
        """Watch a writer's memory."""
        self.memory, self.fails = memory, fails
        self.ahead: list[int] = []

    def __call__(self, arguments: Sequence[object]) -> bool:
        """Note how many events were matched ahead meanwhile, and book."""
        if self.memory.ahead is not None:
            wait([self.memory.ahead])
            written = self.memory.ahead.result()
            self.ahead.append(len(written.batch.numbers) if written else 0)
        if self.fails:
            raise RuntimeError("killed")
        return writing.call_booking(arguments)


@pytest.fixture
def book(own_database: str, monkeypatch: pytest.MonkeyPatch) -> Book:
    """Return a book in which each of the last three of five orders trades."""
    assert own_database
    monkeypatch.setattr(writer, "BATCH_EVENTS_MAX", 2)
    book, seller, buyer = a_book(), a_trader(), a_trader(coins=1_000)
    line = a_line(seller, surplus_mb=300)
    an_order(seller, book, "S", 80, 2, line=line)
    an_order(seller, book, "S", 81, 1, line=line)
    for _ in range(3):
        an_order(buyer, book, "B", 90, 1)
    return book


@pytest.mark.own_database
def test_batches_matched_ahead_are_booked_in_turn(
    book: Book, monkeypatch: pytest.MonkeyPatch
) -> None:
    memory = _taken(book)
    booking = _Booking(memory)
    monkeypatch.setattr(writer, "call_booking", booking)
    assert book_batch(memory=memory, now=NOW) == 2
    # What holders are told is what is booked: the first sale is filled in memory only.
    assert memory.booked is not None
    assert [order.open_lots for order in memory.booked.changed.values()] == [2, 1]
    assert [book_batch(memory=memory, now=NOW) for _ in range(3)] == [2, 1, None]
    release_book(memory)
    # The third batch was not full: nobody looked behind it.
    assert booking.ahead == [2, 1]
    _assert_all_booked(book)


@pytest.mark.own_database
def test_a_batch_that_fails_takes_what_was_matched_on_top_of_it(
    book: Book, monkeypatch: pytest.MonkeyPatch
) -> None:
    memory = _taken(book)
    booking = _Booking(memory, fails=True)
    with monkeypatch.context() as broken:
        broken.setattr(writer, "call_booking", booking)
        with pytest.raises(RuntimeError):
            book_batch(memory=memory, now=NOW)
    assert booking.ahead == [2]
    # Even a writer that went on after a failure could book none of it.
    with pytest.raises(Fenced):
        book_batch(memory=memory, now=NOW)
    release_book(memory)
    _assert_nothing_booked(book)
    assert drain_book(book_id=book.pk, now=NOW) == 5
    _assert_all_booked(book)


@pytest.mark.own_database
def test_a_fenced_writer_books_nothing_of_what_it_matched(book: Book) -> None:
    slow = _taken(book)
    quick = take_book(book_id=book.pk, now=LATER)
    assert quick is not None
    for _ in range(2):
        with pytest.raises(Fenced):
            book_batch(memory=slow, now=LATER)
    release_book(slow)
    _assert_nothing_booked(book)
    assert [book_batch(memory=quick, now=LATER) for _ in range(3)] == [2, 2, 1]
    release_book(quick)
    _assert_all_booked(book)


@pytest.mark.own_database
def test_what_fails_ahead_fails_when_its_turn_has_come(
    book: Book, monkeypatch: pytest.MonkeyPatch
) -> None:
    memory = _taken(book)
    turns = iter((None, RuntimeError("killed")))

    def failing(*, memory: Memory, events: list[EventRow]) -> Batch:
        if error := next(turns):
            raise error
        return worked_off(memory=memory, events=events)

    with monkeypatch.context() as broken:
        broken.setattr(ahead, "worked_off", failing)
        assert book_batch(memory=memory, now=NOW) == 2
        with pytest.raises(RuntimeError):
            book_batch(memory=memory, now=NOW)
    release_book(memory)
    assert Book.objects.get(pk=book.pk).cursor == 2
    assert drain_book(book_id=book.pk, now=NOW) == 3
    _assert_all_booked(book)


@pytest.mark.own_database
def test_what_is_matched_ahead_and_left_is_the_next_writers(book: Book) -> None:
    memory = _taken(book)
    assert book_batch(memory=memory, now=NOW) == 2
    assert memory.ahead is not None
    release_book(memory)
    assert drain_book(book_id=book.pk, now=NOW) == 3
    _assert_all_booked(book)


@pytest.mark.django_db
def test_events_that_are_being_numbered_are_left_out() -> None:
    book, buyer = a_book(), a_trader(coins=1_000)
    for _ in range(4):
        an_order(buyer, book, "B", 10, 1)
    first, second, third, _ = (event.pk for event in waiting_events(book.pk, most=4))
    # What came late into the log is taken, whatever its id.
    found = waiting_events(book.pk, most=2, but={second, third})
    assert found[0].pk == first
    assert len(found) == 2


@pytest.mark.django_db
def test_what_waits_is_what_its_rows_say() -> None:
    book, seller = a_book(), a_trader()
    order = an_order(seller, book, "S", 80, 2, line=a_line(seller, surplus_mb=200))
    cancel_order(holder=seller, order=order, key=uuid4(), now=NOW)
    placed, cancelled = waiting_events(book.pk, most=2)
    assert [placed, cancelled] == [
        replace(event, outcome="", body=event.body if event.kind == "cancel" else {})
        for event in events_among(Event.objects.order_by("id"))
    ]
    assert (placed.order, cancelled.body) == (cancelled.order, {"order": str(order.pk)})


@pytest.mark.django_db
def test_of_what_waits_no_more_is_read_than_taken() -> None:
    book, buyer = a_book(), a_trader(coins=1_000)
    for _ in range(5):
        an_order(buyer, book, "B", 10, 1)
    before = _entries_read()
    assert len(waiting_events(book.pk, most=2)) == 2
    # The planner of so small a table would rather read and sort it all.
    assert _entries_read() - before == 2


def _entries_read() -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_stat_get_xact_tuples_returned('public.exchange_waiting_pkey'::regclass)"
        )
        return int(cursor.fetchone()[0])


def _taken(book: Book) -> Memory:
    memory = take_book(book_id=book.pk, now=NOW)
    assert memory is not None
    return memory


def _assert_nothing_booked(book: Book) -> None:
    assert Book.objects.get(pk=book.pk).cursor == 0
    assert not Turn.objects.exists()
    assert set(Order.objects.values_list("state", flat=True)) == {"accepted"}
    assert not Trade.objects.exists()
    assert not Transaction.objects.filter(kind="trade").exists()


def _assert_all_booked(book: Book) -> None:
    numbers: list[tuple[UUID, int | None]] = list(
        Event.objects.order_by("id").values_list("order", "turn__number")
    )
    assert [number for _, number in numbers] == [1, 2, 3, 4, 5]
    assert list(Trade.objects.order_by("number").values_list("price_coins", flat=True)) == [
        80,
        80,
        81,
    ]
    assert verify_book(book.pk).shown == []
    assert_market_is_clean()
