"""A book is what its log makes of it: after any kill of its writer; and what is not so is named."""

import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction

from exchange.matching.operations import (
    Memory,
    ahead,
    drain_book,
    verify_book,
    verifying,
    writer,
)
from exchange.matching.operations.batch import Batch
from exchange.matching.operations.events import worked_off
from exchange.matching.proofs import PROOFS
from exchange.matching.queries import EventRow, numbered_events
from exchange.orders.models import Book, Event, Order, Trade, Waiting
from exchange.orders.operations import (
    cancel_order,
    cancel_orders,
    replace_order,
    turn_phase,
    uncross_book,
)
from exchange.settlement.operations import close_books
from ledger.proofs.queries import finding_of
from tests.exchange.proofs import assert_market_is_clean
from tests.given import MONTH, NOW, a_book, a_trader
from tests.given_market import a_buy, again, an_offer, drained
from wallet.holders.rules import opaque_id

pytestmark = pytest.mark.django_db


def _busy(book: Book) -> None:
    """Let everything happen that a log knows, up to a call that is not uncrossed yet."""
    one, two = a_trader(coins=5_000), a_trader(coins=5_000)
    an_offer(book, 60, 3)
    first = a_buy(one, book, 65, 2, deliver_at_once=True)
    second = a_buy(two, book, 55, 4)
    a_buy(two, book, 60, 2, kind="market", time_in_force="IOC")
    a_buy(two, book, 50, 9, time_in_force="FOK")
    drained(book)
    resting = again(second)
    replace_order(holder=two, order=resting, price_coins=57, lots=5, key=uuid.uuid4(), now=NOW)
    third = a_buy(one, book, 52, 1)
    cancel_order(holder=one, order=third, key=uuid.uuid4(), now=NOW)
    cancel_orders(holder=one, key=uuid.uuid4(), now=NOW)
    turn_phase(book=book, phase=Book.Phase.CALL, key=uuid.uuid4(), now=NOW)
    an_offer(book, 54, 2)
    uncross_book(book=book, key=uuid.uuid4(), now=NOW)
    turn_phase(book=book, phase=Book.Phase.CONTINUOUS, key=uuid.uuid4(), now=NOW)
    assert first.deliver_to is not None


def test_a_book_is_what_its_log_makes_of_it() -> None:
    book = a_book()
    _busy(book)
    drained(book)
    found = verify_book(book.pk)
    assert (found.shown, found.differences) == ([], 0)
    assert (found.trades, found.events) == (Trade.objects.count(), Event.objects.count())
    assert close_books(month=MONTH, now=NOW + timedelta(days=15)) == []
    assert verify_book(book.pk).shown == []
    assert [one.first_broken for one in map(finding_of, PROOFS)] == [""]
    call_command("exchange_verify", opaque_id("bok", book.pk))
    call_command("exchange_verify", "CT-2026-11")


def _change(model: Any, **values: object) -> Callable[[], None]:
    return lambda: model.objects.filter(pk=model.objects.order_by("pk")[0].pk).update(**values)


@pytest.mark.parametrize(
    ("spoil", "named"),
    [
        (_change(Trade, lots=9), "lots"),
        (_change(Trade, buyer_bp=7), "buyer_bp"),
        (_change(Order, filled_lots=0), "filled_lots"),
        (_change(Book, trades=7), "trades"),
        (_change(Book, maker_bp=1), ""),
    ],
)
def test_what_differs_is_named(spoil: Callable[[], None], named: str) -> None:
    book = a_book()
    an_offer(book, 60, 3)
    a_buy(a_trader(coins=1_000), book, 65, 3)
    drained(book)
    spoil()
    found = verify_book(book.pk)
    assert found.differences == (1 if named else 0), found.shown
    if named:
        assert named in found.shown[0]
        with pytest.raises(CommandError, match="1 differences"):
            call_command("exchange_verify", "CT-2026-11")


def test_an_event_that_is_lost_or_too_many_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    book = a_book()
    _busy(book)
    last = drained(book).cursor
    Book.objects.update(cursor=last + 1)
    assert f"the book's cursor is {last + 1}, by the log {last}" in verify_book(book.pk).shown
    Book.objects.update(cursor=last - 2)
    assert "the log has numbered events that the book does not know" in verify_book(book.pk).shown
    Book.objects.update(cursor=last)

    def lossy(book_id: UUID, *, after: int, until: int) -> list[EventRow]:
        events = numbered_events(book_id, after=after, until=until)
        return [event for event in events if event.number != last - 2]

    monkeypatch.setattr(verifying, "numbered_events", lossy)
    assert verify_book(book.pk).differences > 1


def test_a_longer_log_is_read_no_more_often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verifying, "ROWS_AT_ONCE", 3)
    book = a_book()
    _busy(book)
    events = drained(book).cursor
    before = _reads()
    assert verify_book(book.pk).shown == []
    after = _reads()
    whole = {table for table, (seq_scans, _) in after.items() if seq_scans > before[table][0]}
    assert not whole & {
        "exchange_event",
        "exchange_order",
        "exchange_turn",
        "exchange_trade",
        "ledger_entry_2026_11",
    }
    rows = after["exchange_event"][1] - before["exchange_event"][1]
    assert rows <= events + 1, "rows of the log are read again for every few of them"


def _reads() -> dict[str, tuple[int, int]]:
    """Return of each table how often this transaction read all of it, and its rows by indexes."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT relname, seq_scan, idx_tup_fetch FROM pg_stat_xact_user_tables")
        return {table: (scans, rows or 0) for table, scans, rows in cursor.fetchall()}


def test_what_an_event_did_not_come_to_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    def untrue(*, memory: Memory, events: list[EventRow]) -> Batch:
        batch = worked_off(memory=memory, events=events)
        batch.numbers = {event: (number, "else") for event, (number, _) in batch.numbers.items()}
        return batch

    monkeypatch.setattr(ahead, "worked_off", untrue)
    book = a_book()
    a_buy(a_trader(coins=1_000), book, 65, 3)
    drained(book)
    found = verify_book(book.pk)
    assert found.differences == 1
    assert "(1, 'else'), by the log (1, " in found.shown[0]


def test_books_that_are_not_are_not_found() -> None:
    for text in ("CT-2031-01", "bok_x", "what"):
        with pytest.raises(CommandError):
            call_command("exchange_verify", text)


def test_killed_before_any_statement_the_tables_equal_a_replay(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(writer, "BATCH_EVENTS_MAX", 3)
    book, now, kills = a_book(), NOW, 0
    _busy(book)
    for statement in range(1, 200):
        now += timedelta(seconds=20)  # the dead writer's lease is over
        with _killed_at(statement) as is_killed:
            drain_book(book_id=book.pk, now=now)
        assert verify_book(book.pk).shown == []
        if not is_killed():
            break
        kills += 1
    assert kills >= 7, "the writer has more statements than that"
    assert not Waiting.objects.exists()
    assert verify_book(book.pk).shown == []
    assert_market_is_clean()


@contextmanager
def _killed_at(statement: int) -> Iterator[Callable[[], bool]]:
    """Let the writer's connection die before a statement: from then on it runs nothing."""
    left = [statement]

    def die(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if sql.startswith(("SAVEPOINT", "RELEASE", "ROLLBACK")):
            return execute(sql, params, many, context)
        left[0] -= 1
        if left[0] <= 0:
            raise ConnectionError("killed")
        return execute(sql, params, many, context)

    def is_killed() -> bool:
        return left[0] <= 0

    with connection.execute_wrapper(die):
        try:
            yield is_killed
        except ConnectionError:
            # Nothing reached the database: the test's own transaction is as good as before.
            transaction.set_rollback(False)
