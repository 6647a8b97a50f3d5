"""Cancelling puts a wish into the log; what is left comes back when its turn comes."""

import uuid

import pytest

from exchange.matching.operations import drain_book
from exchange.orders.models import Event, Order, Turn
from exchange.orders.operations import OrderEnded, cancel_order, place_order
from ledger.queries import coins_in
from ledger.refusals import KeyReused
from tests.given import NOW, a_book, a_trader, an_order

pytestmark = pytest.mark.django_db


def test_cancel_gives_everything_back() -> None:
    buyer, book = a_trader(coins=1_000), a_book()
    order = an_order(buyer, book, "B", 90, 5)
    cancel_order(holder=buyer, order=order, key=uuid.uuid4(), now=NOW)
    drain_book(book_id=book.pk, now=NOW)
    order.refresh_from_db()
    assert (order.state, order.open_lots, order.ended_at) == (Order.State.CANCELLED, 0, NOW)
    assert coins_in(f"holder/{buyer.pk}/main") == 1_000
    assert [turn.outcome for turn in Turn.objects.order_by("number")] == ["open", "cancelled"]


def test_same_key_cancels_once() -> None:
    buyer, book, key = a_trader(coins=1_000), a_book(), uuid.uuid4()
    order = an_order(buyer, book, "B", 90, 5)
    first = cancel_order(holder=buyer, order=order, key=key, now=NOW)
    drain_book(book_id=book.pk, now=NOW)
    assert cancel_order(holder=buyer, order=order, key=key, now=NOW) == first
    assert Event.objects.filter(kind="cancel").count() == 1


def test_an_ended_order_is_not_cancelled() -> None:
    buyer, book = a_trader(coins=1_000), a_book()
    order = an_order(buyer, book, "B", 90, 5, time_in_force="IOC")
    drain_book(book_id=book.pk, now=NOW)
    with pytest.raises(OrderEnded):
        cancel_order(holder=buyer, order=order, key=uuid.uuid4(), now=NOW)


def test_an_order_cancelled_twice_gives_back_once() -> None:
    buyer, book = a_trader(coins=1_000), a_book()
    order = an_order(buyer, book, "B", 90, 5)
    for _ in range(2):
        cancel_order(holder=buyer, order=order, key=uuid.uuid4(), now=NOW)
    drain_book(book_id=book.pk, now=NOW)
    assert coins_in(f"holder/{buyer.pk}/main") == 1_000
    assert Turn.objects.get(number=3).outcome == "unknown_order"


def test_a_key_that_placed_an_order_cancels_none() -> None:
    buyer, book, key = a_trader(coins=1_000), a_book(), uuid.uuid4()
    order = place_order(holder=buyer, book=book, side="B", price_coins=90, lots=1, key=key, now=NOW)
    with pytest.raises(KeyReused):
        cancel_order(holder=buyer, order=order, key=key, now=NOW)


def test_one_key_does_not_cancel_two_orders() -> None:
    buyer, book, key = a_trader(coins=1_000), a_book(), uuid.uuid4()
    one, other = (an_order(buyer, book, "B", 90, 1) for _ in range(2))
    cancel_order(holder=buyer, order=one, key=key, now=NOW)
    with pytest.raises(KeyReused):
        cancel_order(holder=buyer, order=other, key=key, now=NOW)
