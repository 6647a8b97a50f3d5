"""A book's phases: by its schedule, once each; by an operator's hand; and its end."""

import uuid
from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from exchange.orders import tasks
from exchange.orders.models import Book, Event, Order, Trade, Turn
from exchange.orders.operations import (
    BookEnded,
    BookHalted,
    BookNotHalted,
    BookNotTrading,
    HaltReasonMissing,
    NumberNeeded,
    advance_book,
    cancel_order,
    halt_book,
    open_book,
    resume_book,
    turn_phase,
)
from exchange.orders.queries import asked_phase
from exchange.settlement.operations import close_books
from ledger.queries import coins_in
from ledger.refusals import KeyReused
from ledger.rules import SHANGHAI
from tests.exchange.proofs import assert_market_is_clean
from tests.given import (
    MONTH,
    NOW,
    a_carrier,
    a_trader,
    an_organisation,
    give_coins,
    open_ledger,
)
from tests.given_market import a_buy, again, an_offer, drained
from wallet.policy.operations import set_policy

pytestmark = pytest.mark.django_db
NIGHT = datetime(2026, 11, 1, 3, 0, tzinfo=SHANGHAI)
MORNING = datetime(2026, 11, 1, 9, 0, tzinfo=SHANGHAI)
CALL = datetime(2026, 11, 30, 18, 0, tzinfo=SHANGHAI)
UNCROSS = datetime(2026, 11, 30, 20, 0, tzinfo=SHANGHAI)
MIDNIGHT = datetime(2026, 12, 1, 0, 0, tzinfo=SHANGHAI)


def _new(now: datetime = NIGHT) -> Book:
    open_ledger(now=now)
    return open_book(carrier=a_carrier(), month=MONTH, now=now)


def _at(book: Book, now: datetime) -> Book:
    advance_book(book=book, now=now)
    return drained(book, now=now)


def _halt(book: Book, now: datetime = NOW, **terms: object) -> Event:
    asked = {"by": "admin/1", "reason": "价格异常，暂停", "key": uuid.uuid4(), "now": now, **terms}
    return halt_book(book=book, **asked)  # type: ignore[arg-type]


def _resume(book: Book, now: datetime = NOW, **terms: object) -> Event:
    asked = {"by": "admin/1", "reason": "已经查明，恢复", "key": uuid.uuid4(), "now": now, **terms}
    return resume_book(book=book, **asked)  # type: ignore[arg-type]


def test_a_month_goes_through_its_phases() -> None:
    book = _new()
    assert book.phase == Book.Phase.CALL
    assert _at(book, MORNING - timedelta(seconds=1)).phase == Book.Phase.CALL
    assert _at(book, MORNING).phase == Book.Phase.CONTINUOUS
    assert _at(book, CALL - timedelta(seconds=1)).phase == Book.Phase.CONTINUOUS
    assert _at(book, CALL).phase == Book.Phase.CALL
    assert _at(book, UNCROSS - timedelta(seconds=1)).phase == Book.Phase.CALL
    ended = _at(book, UNCROSS)
    assert (ended.phase, ended.closed_at) == (Book.Phase.CLOSED, UNCROSS)
    outcomes = Turn.objects.order_by("number").values_list("event__kind", "outcome")
    assert list(outcomes) == [
        ("uncross", "no_cross"),
        ("phase", "continuous"),
        ("phase", "call"),
        ("uncross", "no_cross"),
        ("phase", "closed"),
    ]


def test_each_step_is_taken_once_however_often_it_is_asked() -> None:
    book = _new()
    for now in (MORNING, MORNING, CALL, CALL, UNCROSS, UNCROSS, MIDNIGHT):
        advance_book(book=book, now=now)
    assert Event.objects.count() == 5


def test_what_was_missed_is_made_up_in_order() -> None:
    book = _new()
    assert _at(book, UNCROSS + timedelta(minutes=30)).phase == Book.Phase.CLOSED
    assert Event.objects.count() == 5


def test_the_opening_call_is_uncrossed_at_one_price() -> None:
    book = _new()
    buy = a_buy(a_trader(coins=1_000, now=NIGHT), book, 90, 2, now=NIGHT)
    an_offer(book, 70, 2, now=NIGHT)
    _at(book, MORNING)
    assert Trade.objects.get().price_coins == 80
    assert again(buy).state == Order.State.FILLED
    assert_market_is_clean()


def test_a_book_opened_later_is_in_the_phase_of_its_hour() -> None:
    assert _new(now=NOW).phase == Book.Phase.CONTINUOUS
    assert Event.objects.count() == 0
    _at(Book.objects.get(), NOW + timedelta(days=1))
    assert Event.objects.count() == 0


def test_hours_are_policy_when_the_book_opens() -> None:
    for key, text in (("book.opens_at", "first 10:30"), ("book.uncross_at", "last 21:15")):
        set_policy(key=key, value=text, starts_at=NIGHT, set_by="t", reason="t", now=NIGHT)
    book = _new()
    assert book.opens_at == MORNING + timedelta(hours=1, minutes=30)
    assert book.uncross_at == UNCROSS + timedelta(hours=1, minutes=15)
    assert _at(book, MORNING).phase == Book.Phase.CALL


def test_not_uncrossed_by_midnight_closes_without_an_uncross() -> None:
    book = _new(now=NOW)
    buyer = a_trader(coins=1_000)
    a_buy(buyer, book, 90, 2)
    an_offer(book, 95, 2)
    drained(book)
    ended = _at(book, MIDNIGHT)
    assert ended.phase == Book.Phase.CLOSED
    assert not Trade.objects.exists()
    assert not Event.objects.filter(kind="uncross").exists()
    assert coins_in(f"holder/{buyer.pk}/main") == 1_000
    assert close_books(month=MONTH, now=MIDNIGHT) == []
    assert_market_is_clean()


def test_a_halt_stops_everything_but_cancelling_and_waits_with_the_schedule() -> None:
    book = _new(now=NOW)
    buyer = a_trader(coins=1_000)
    order = a_buy(buyer, book, 90, 2)
    _halt(book)
    halted = drained(book)
    with pytest.raises(BookNotTrading):
        a_buy(buyer, halted, 90, 1)
    assert _at(book, CALL).phase == Book.Phase.HALT
    cancel_order(holder=buyer, order=order, key=uuid.uuid4(), now=CALL)
    drained(book)
    assert again(order).state == Order.State.CANCELLED
    _resume(book, CALL + timedelta(minutes=5))
    assert drained(book).phase == Book.Phase.CALL
    assert _at(book, UNCROSS).phase == Book.Phase.CLOSED


def test_a_book_halted_over_its_opening_is_uncrossed_when_it_goes_on() -> None:
    book = _new()
    _halt(book, NIGHT)
    assert _at(book, MORNING).phase == Book.Phase.HALT
    _resume(book, MORNING + timedelta(hours=1))
    assert drained(book).phase == Book.Phase.CONTINUOUS
    assert Event.objects.filter(kind="uncross").count() == 1


def test_a_book_still_halted_at_midnight_is_closed() -> None:
    book = _new(now=NOW)
    buyer = a_trader(coins=1_000)
    a_buy(buyer, book, 90, 2)
    _halt(book)
    assert _at(book, MIDNIGHT).phase == Book.Phase.CLOSED
    assert coins_in(f"holder/{buyer.pk}/main") == 1_000


def test_halts_and_resumes_say_who_and_why_and_happen_once() -> None:
    book, key = _new(now=NOW), uuid.uuid4()
    first = _halt(book, key=key)
    assert _halt(book, key=key) == first
    assert (first.body["by"], first.body["reason"]) == ("admin/1", "价格异常，暂停")
    with pytest.raises(KeyReused):
        _halt(book, key=key, reason="别的原因，暂停")
    with pytest.raises(BookHalted):
        _halt(book)
    _resume(book)
    with pytest.raises(BookNotHalted):
        _resume(book)
    with pytest.raises(HaltReasonMissing):
        halt_book(book=book, by="admin/1", reason=" ？ ", key=uuid.uuid4(), now=NOW)


def test_the_key_of_a_halt_resumes_nothing_and_that_of_a_resume_does_once() -> None:
    book = _new(now=NOW)
    halt = _halt(book)
    with pytest.raises(KeyReused):
        _resume(book, key=halt.client_id, reason=halt.body["reason"])
    resumed = _resume(book)
    assert _resume(book, key=resumed.client_id) == resumed
    assert Event.objects.count() == 2


def test_a_closed_book_is_not_halted() -> None:
    book = _new(now=NOW)
    turn_phase(book=book, phase=Book.Phase.CLOSED, key=uuid.uuid4(), now=NOW)
    with pytest.raises(BookEnded):
        _halt(book)


def test_bids_without_a_number_leave_before_the_last_call_and_come_back_not() -> None:
    book, organisation = _new(now=NOW), an_organisation()
    give_coins(organisation, 1_000)
    theirs = a_buy(organisation, book, 50, 2)
    mine = a_buy(a_trader(coins=1_000), book, 50, 2)
    drained(book)
    called = _at(book, CALL)
    assert (again(theirs).state, again(theirs).reason) == ("cancelled", "no_number")
    assert again(mine).state == "open"
    assert coins_in(f"holder/{organisation.pk}/main") == 1_000
    with pytest.raises(NumberNeeded):
        a_buy(organisation, called, 50, 1, now=CALL)


def test_the_phase_is_found_without_a_step_over_what_the_last_call_cancelled() -> None:
    book, organisation = _new(now=NOW), an_organisation()
    give_coins(organisation, 1_000)
    for _ in range(3):
        a_buy(organisation, book, 50, 1)
    advance_book(book=book, now=CALL)
    assert Event.objects.filter(body__reason="no_number").count() == 3
    with CaptureQueriesContext(connection) as queries:
        assert asked_phase(book) == Book.Phase.CALL
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")  # the table is small
        cursor.execute(f"EXPLAIN (ANALYZE) {queries[-1]['sql']}")
        plan = "\n".join(line for (line,) in cursor.fetchall())
    assert "event_of_operators" in plan
    assert "Rows Removed" not in plan


def test_the_sweep_opens_what_works_and_leads_on(monkeypatch: pytest.MonkeyPatch) -> None:
    open_ledger()
    a_carrier("CT")
    a_carrier("CU")
    bad = {"key": "book.price_max", "value": 1_000, "scope": "CU"}
    set_policy(**bad, starts_at=NOW, set_by="t", reason="t", now=NOW)  # type: ignore[arg-type]
    monkeypatch.setattr(timezone, "now", lambda: NOW)
    tasks.open_books_of_month()
    assert "CT" in set(Book.objects.values_list("carrier", flat=True))
    assert not Book.objects.filter(carrier="CU").exists()
    monkeypatch.setattr(timezone, "now", lambda: CALL)
    tasks.advance_books()
    drained(Book.objects.get(carrier="CT"), now=CALL)
    assert Book.objects.get(carrier="CT").phase == Book.Phase.CALL
