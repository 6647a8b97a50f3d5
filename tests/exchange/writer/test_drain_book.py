"""The writer numbers events, matches them, and books trades, orders and entries together."""

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import pytest

from exchange.matching import operations
from exchange.matching.operations import Fenced, book_batch, drain_book, take_book, writer, writing
from exchange.orders.models import Book, Event, Order, Trade, Turn
from exchange.orders.operations import ask_to_close, cancel_order, turn_phase, uncross_book
from ledger.models import Transaction
from ledger.operations import batch_arguments
from ledger.queries import amount_at, coins_in
from ledger.refusals import InvalidPosting, KeyReused
from ledger.rules import SHANGHAI, Posting
from tests.given import MONTH, NOW, PACKAGE, a_book, a_line, a_trader, an_order

pytestmark = pytest.mark.django_db
LAST = datetime(2026, 11, 30, 23, 59, 59, 999_999, tzinfo=SHANGHAI)


def test_a_trade_moves_goods_coins_cover_and_what_is_over() -> None:
    book, seller, buyer = a_book(), a_trader(), a_trader(coins=1_000)
    line = a_line(seller, surplus_mb=1_000)
    sell = an_order(seller, book, "S", 80, 3, line=line)
    buy = an_order(buyer, book, "B", 90, 5)
    assert drain_book(book_id=book.pk, now=NOW) == 2
    trade = Trade.objects.get()
    assert (trade.price_coins, trade.lots, trade.taker) == (80, 3, "B")
    assert (trade.buyer_bp, trade.seller_bp, trade.buyer_cover_coins) == (100, 50, 3)
    assert coins_in(f"holder/{seller.pk}/proceeds/2026-11") == 240
    assert coins_in(f"holder/{buyer.pk}/fees/2026-11") == 3
    assert amount_at(f"holder/{buyer.pk}/main", "DATA-CT-2026-11") == 300
    assert amount_at("system/sold", "SURPLUS-CT-2026-11") == 300
    assert amount_at("system/sold", "DATA-CT-2026-11") == -300
    # 2 lots at 90 stay open; their cover is 1 % of 180 on top of the exact 2.40 so far.
    assert coins_in(f"order/{buy.pk}") == 182
    assert coins_in(f"holder/{buyer.pk}/main") == 1_000 - 240 - 3 - 182
    _assert_state(sell, Order.State.FILLED, still=0, filled=3)
    _assert_state(buy, Order.State.OPEN, still=2, filled=3)


def test_the_log_is_numbered_in_the_order_of_acceptance() -> None:
    book, buyer = a_book(), a_trader(coins=1_000)
    orders = [an_order(buyer, book, "B", 10, 1) for _ in range(3)]
    drain_book(book_id=book.pk, now=NOW)
    numbered = Turn.objects.order_by("number").values_list("number", "event__order")
    assert list(numbered) == [(place, order.pk) for place, order in enumerate(orders, 1)]
    assert Book.objects.get().cursor == 3


def test_a_batch_takes_no_more_than_its_most(monkeypatch: pytest.MonkeyPatch) -> None:
    book, buyer = a_book(), a_trader(coins=1_000)
    for _ in range(5):
        an_order(buyer, book, "B", 10, 1)
    monkeypatch.setattr(writer, "BATCH_EVENTS_MAX", 2)
    memory = take_book(book_id=book.pk, now=NOW)
    assert memory is not None
    assert [book_batch(memory=memory, now=NOW) for _ in range(4)] == [2, 2, 1, None]


def test_batches_and_restarts_change_no_trade(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writer, "BATCH_EVENTS_MAX", 1)
    book, seller, buyer = a_book(), a_trader(), a_trader(coins=10_000)
    line = a_line(seller, surplus_mb=2_000)
    for price in (30, 20, 20):
        an_order(seller, book, "S", price, 2, line=line)
    drain_book(book_id=book.pk, now=NOW)
    an_order(buyer, book, "B", 30, 5)
    drain_book(book_id=book.pk, now=NOW)
    found = Trade.objects.order_by("number").values_list("price_coins", "lots", "sell__priority")
    assert list(found) == [(20, 2, 2), (20, 2, 3), (30, 1, 1)]


def test_an_immediate_order_gives_the_rest_back() -> None:
    book, seller, buyer = a_book(), a_trader(), a_trader(coins=1_000)
    an_order(seller, book, "S", 80, 1, line=a_line(seller, surplus_mb=100))
    buy = an_order(buyer, book, "B", 80, 5, time_in_force="IOC")
    drain_book(book_id=book.pk, now=NOW)
    _assert_state(buy, Order.State.CANCELLED, still=0, filled=1)
    assert coins_in(f"holder/{buyer.pk}/main") == 1_000 - 80 - 1


def test_nobody_trades_with_himself() -> None:
    book, trader = a_book(), a_trader(coins=1_000)
    sell = an_order(trader, book, "S", 80, 1, line=a_line(trader, surplus_mb=100))
    buy = an_order(trader, book, "B", 90, 1)
    drain_book(book_id=book.pk, now=NOW)
    assert not Trade.objects.exists()
    _assert_state(sell, Order.State.OPEN, still=1, filled=0)
    _assert_state(buy, Order.State.CANCELLED, still=0, filled=0)
    assert Order.objects.get(pk=buy.pk).reason == "self_trade"
    assert coins_in(f"holder/{trader.pk}/main") == 1_000


def test_fee_cover_of_many_small_trades_is_that_of_their_sum() -> None:
    book, seller, buyer = a_book(), a_trader(), a_trader(coins=1_000)
    line = a_line(seller, surplus_mb=1_000)
    an_order(buyer, book, "B", 10, 10)
    for _ in range(10):
        an_order(seller, book, "S", 10, 1, line=line)
    drain_book(book_id=book.pk, now=NOW)
    # 100 coins at 50 basis points are half a coin.
    assert coins_in(f"holder/{buyer.pk}/fees/2026-11") == 1
    assert coins_in(f"holder/{buyer.pk}/main") == 899


def test_a_failed_batch_leaves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    book, seller, buyer = a_book(), a_trader(), a_trader(coins=1_000)
    an_order(seller, book, "S", 80, 3, line=a_line(seller, surplus_mb=300))
    an_order(buyer, book, "B", 80, 3)
    with monkeypatch.context() as broken:
        broken.setattr(writing, "batch_arguments", _unsound)
        with pytest.raises(InvalidPosting):
            drain_book(book_id=book.pk, now=NOW)
    assert Book.objects.get().cursor == 0
    assert not Trade.objects.exists()
    assert set(Order.objects.values_list("state", flat=True)) == {"accepted"}
    assert drain_book(book_id=book.pk, now=NOW) == 2
    assert Trade.objects.get().lots == 3


@pytest.mark.parametrize("booking", ["_crash", "_call_and_crash"])
def test_killed_before_the_commit_books_once(monkeypatch: pytest.MonkeyPatch, booking: str) -> None:
    book, seller, buyer = a_book(), a_trader(), a_trader(coins=1_000)
    an_order(seller, book, "S", 80, 3, line=a_line(seller, surplus_mb=300))
    drain_book(book_id=book.pk, now=NOW)
    an_order(buyer, book, "B", 80, 1)
    memory = take_book(book_id=book.pk, now=NOW)
    assert memory is not None
    with monkeypatch.context() as broken:
        broken.setattr(writer, "call_booking", globals()[booking])
        with pytest.raises(RuntimeError):
            book_batch(memory=memory, now=NOW)
    # The dead writer's lease is still in force; the next writer waits for its end.
    assert drain_book(book_id=book.pk, now=NOW) == 0
    later = NOW + timedelta(seconds=16)
    assert drain_book(book_id=book.pk, now=later) == 1
    assert Transaction.objects.filter(kind="trade").count() == 1
    assert coins_in(f"holder/{seller.pk}/proceeds/2026-11") == 80


def test_a_writer_that_lost_its_book_writes_nothing() -> None:
    book, buyer = a_book(), a_trader(coins=1_000)
    an_order(buyer, book, "B", 80, 1)
    slow = take_book(book_id=book.pk, now=NOW)
    assert slow is not None
    later = NOW + timedelta(seconds=16)
    quick = take_book(book_id=book.pk, now=later)
    assert quick is not None
    with pytest.raises(Fenced):
        book_batch(memory=slow, now=later)
    assert Book.objects.get().cursor == 0
    assert book_batch(memory=quick, now=later) == 1


def test_a_released_lease_of_a_lost_book_stays_the_others() -> None:
    book = a_book()
    slow = take_book(book_id=book.pk, now=NOW)
    assert take_book(book_id=book.pk, now=NOW) is None
    later = NOW + timedelta(seconds=16)
    assert take_book(book_id=book.pk, now=later) is not None
    assert slow is not None
    operations.release_book(slow)
    assert take_book(book_id=book.pk, now=later) is None


def test_a_halted_book_rejects_what_came_before_it_knew() -> None:
    book, buyer = a_book(), a_trader(coins=1_000)
    turn_phase(book=book, phase=Book.Phase.HALT, key=uuid.uuid4(), now=NOW)
    order = an_order(buyer, book, "B", 80, 1)
    drain_book(book_id=book.pk, now=NOW)
    _assert_state(order, Order.State.REJECTED, still=0, filled=0)
    assert coins_in(f"holder/{buyer.pk}/main") == 1_000


@pytest.mark.parametrize("phase", [Book.Phase.CALL, Book.Phase.CONTINUOUS, Book.Phase.HALT])
def test_cancel_works_in_every_phase(phase: Book.Phase) -> None:
    book, buyer = a_book(), a_trader(coins=1_000)
    order = an_order(buyer, book, "B", 80, 1)
    turn_phase(book=book, phase=phase, key=uuid.uuid4(), now=NOW)
    drain_book(book_id=book.pk, now=NOW)
    cancel_order(holder=buyer, order=order, key=uuid.uuid4(), now=NOW)
    drain_book(book_id=book.pk, now=NOW)
    _assert_state(order, Order.State.CANCELLED, still=0, filled=0)
    assert coins_in(f"holder/{buyer.pk}/main") == 1_000


def test_a_call_is_uncrossed_at_one_price_and_both_pay_the_makers_rate() -> None:
    book, seller, buyer = a_book(), a_trader(), a_trader(coins=1_000)
    turn_phase(book=book, phase=Book.Phase.CALL, key=uuid.uuid4(), now=NOW)
    an_order(buyer, book, "B", 90, 2)
    an_order(seller, book, "S", 70, 2, line=a_line(seller, surplus_mb=300))
    drain_book(book_id=book.pk, now=NOW)
    assert not Trade.objects.exists()
    uncross_book(book=book, key=uuid.uuid4(), now=NOW)
    drain_book(book_id=book.pk, now=NOW)
    trade = Trade.objects.get()
    assert (trade.price_coins, trade.lots, trade.taker) == (80, 2, "")
    assert (trade.buyer_bp, trade.seller_bp) == (50, 50)


def test_an_uncross_without_a_cross_trades_nothing() -> None:
    book = a_book()
    event = uncross_book(book=book, key=uuid.uuid4(), now=NOW)
    drain_book(book_id=book.pk, now=NOW)
    event.refresh_from_db()
    assert event.turn.outcome == "no_cross"


def test_an_operators_key_names_one_event() -> None:
    book, key = a_book(), uuid.uuid4()
    first = uncross_book(book=book, key=key, now=NOW)
    assert uncross_book(book=book, key=key, now=NOW) == first
    with pytest.raises(KeyReused):
        turn_phase(book=book, phase=Book.Phase.HALT, key=key, now=NOW)


def test_closing_gives_every_open_order_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writer, "BATCH_EVENTS_MAX", 2)
    book, seller, buyer = a_book(), a_trader(), a_trader(coins=1_000)
    line = a_line(seller, surplus_mb=500)
    for _ in range(3):
        an_order(seller, book, "S", 80, 1, line=line)
    an_order(buyer, book, "B", 70, 1)
    after_midnight = LAST + timedelta(minutes=5)
    ask_to_close(book=book, now=after_midnight)
    drain_book(book_id=book.pk, now=after_midnight)
    book.refresh_from_db()
    assert (book.phase, book.closed_at) == (Book.Phase.CLOSED, LAST)
    assert set(Order.objects.values_list("state", "reason")) == {("cancelled", "closed")}
    assert coins_in(f"holder/{buyer.pk}/main") == 1_000
    assert amount_at(f"line/{line.number.pk}/{PACKAGE}", "SURPLUS-CT-2026-11") == 500
    given_back = Transaction.objects.filter(kind="order_cancel")
    assert set(given_back.values_list("month", "at")) == {(MONTH, LAST)}


def test_an_empty_book_closes_too() -> None:
    book = a_book()
    ask_to_close(book=book, now=NOW)
    ask_to_close(book=book, now=NOW)
    drain_book(book_id=book.pk, now=NOW)
    book.refresh_from_db()
    assert book.closed_at == NOW
    assert Event.objects.count() == 1


def test_two_books_do_not_meet() -> None:
    seller, buyer = a_trader(), a_trader(coins=1_000)
    telecom, unicom = a_book("CT"), a_book("CU")
    an_order(seller, telecom, "S", 80, 1, line=a_line(seller, surplus_mb=100))
    an_order(buyer, unicom, "B", 80, 1)
    for book in (telecom, unicom):
        drain_book(book_id=book.pk, now=NOW)
    assert not Trade.objects.exists()


def _assert_state(order: Order, state: Order.State, *, still: int, filled: int) -> None:
    order.refresh_from_db()
    assert (order.state, order.open_lots, order.filled_lots) == (state, still, filled)


def _crash(*unused: object) -> None:
    raise RuntimeError("killed")


def _call_and_crash(arguments: Sequence[object]) -> None:
    assert writing.call_booking(arguments)
    raise RuntimeError("killed")


def _unsound(postings: Sequence[Posting]) -> list[Any]:
    """Have the ledger refuse the batch, when all of its other rows are written."""
    *others, amounts = batch_arguments(postings)
    return [*others, amounts.replace("-", "", 1)]
