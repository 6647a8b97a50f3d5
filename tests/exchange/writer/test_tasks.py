"""The tasks that run writers: nudged, swept up, and safe when several come."""

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import pytest
from django.utils import timezone

from exchange.matching import tasks
from exchange.matching.operations import Memory, book_batch, release_book, take_book
from exchange.orders.models import Book
from exchange.orders.operations import ask_to_close
from exchange.orders.queries import has_waiting_events
from exchange.orders.tasks import open_books_of_month
from exchange.settlement.tasks import close_ended_books
from ledger.rules import month_after, month_of
from tests.given import NOW, a_book, a_carrier, a_trader, an_order

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tasks, "IDLE_SECONDS", 0.01)
    monkeypatch.setattr(tasks, "POLL_SECONDS", 0.001)


def test_the_writer_empties_the_log_and_gives_the_book_back() -> None:
    book, buyer = a_book(), a_trader(coins=1_000)
    an_order(buyer, book, "B", 10, 1)
    an_order(buyer, book, "B", 10, 1)
    assert tasks.run_writer(book=str(book.pk)) == 2
    book.refresh_from_db()
    assert (book.cursor, book.lease_until) == (2, None)


def test_a_second_writer_leaves_the_book_to_the_first() -> None:
    book = a_book()
    an_order(a_trader(coins=1_000), book, "B", 10, 1)
    assert take_book(book_id=book.pk, now=timezone.now()) is not None
    assert tasks.run_writer(book=str(book.pk)) == 0
    assert has_waiting_events(book.pk)


def test_an_event_that_came_while_the_lease_was_given_back_is_not_left(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    book, buyer = a_book(), a_trader(coins=1_000)
    an_order(buyer, book, "B", 10, 1)
    release, late = release_book, [1]

    def release_late(memory: Memory) -> None:
        if late:
            an_order(buyer, book, "B", 10, late.pop())
        release(memory)

    monkeypatch.setattr(tasks, "release_book", release_late)
    assert tasks.run_writer(book=str(book.pk)) == 2


def test_the_writer_stops_when_its_time_is_over(monkeypatch: pytest.MonkeyPatch) -> None:
    book = a_book()
    an_order(a_trader(coins=1_000), book, "B", 10, 1)
    monkeypatch.setattr(tasks, "RUN_SECONDS", 0)
    assert tasks.run_writer(book=str(book.pk)) == 0


def test_a_writer_that_fails_gives_the_book_back(monkeypatch: pytest.MonkeyPatch) -> None:
    book = a_book()
    an_order(a_trader(coins=1_000), book, "B", 10, 1)
    with monkeypatch.context() as broken:
        broken.setattr(tasks, "book_batch", _fail)
        with pytest.raises(RuntimeError):
            tasks.run_writer(book=str(book.pk))
    assert tasks.run_writer(book=str(book.pk)) == 1


def test_the_sweep_starts_writers_of_books_with_work_only(monkeypatch: pytest.MonkeyPatch) -> None:
    waiting, idle, closing = a_book("CT"), a_book("CU"), a_book("CM")
    an_order(a_trader(coins=1_000), waiting, "B", 10, 1)
    ask_to_close(book=closing, now=NOW)
    memory = take_book(book_id=closing.pk, now=NOW)
    assert memory is not None
    book_batch(memory=memory, now=NOW)  # the event is numbered, the end is still to come
    started: list[UUID] = []
    monkeypatch.setattr(tasks, "nudge", lambda _task, book: started.append(UUID(book)))
    tasks.run_waiting_writers()
    assert set(started) == {waiting.pk, closing.pk}
    assert idle.pk not in started


def test_books_of_the_month_open_once() -> None:
    for code in ("CT", "CU"):
        a_carrier(code)
    open_books_of_month()
    count = Book.objects.count()
    assert count >= 2
    open_books_of_month()
    assert Book.objects.count() == count
    assert set(Book.objects.values_list("month", flat=True)) == {month_of(timezone.now())}


def test_books_of_earlier_months_are_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    now = timezone.now()
    month = month_of(now)
    before = month_of(now.replace(day=1) - timedelta(days=2))
    old = a_book(month=before, now=now.replace(day=1) - timedelta(days=2))
    new = a_book("CU", month=month, now=now)
    assert month_after(before) == month
    close_ended_books()
    old.refresh_from_db()
    new.refresh_from_db()
    assert old.phase == Book.Phase.CLOSED
    assert new.phase == Book.Phase.CONTINUOUS


def _fail(**unused: object) -> Callable[[], None]:
    raise RuntimeError("killed")
