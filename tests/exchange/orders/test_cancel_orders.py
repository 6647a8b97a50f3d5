"""Cancelling all orders: of one book or of all, those that stand when the log comes to it."""

import uuid

import pytest

from exchange.orders.models import Book, Event
from exchange.orders.operations import cancel_orders, turn_phase
from ledger.queries import coins_in
from ledger.refusals import KeyReused
from tests.exchange.proofs import assert_market_is_clean
from tests.given import NOW, a_book, a_trader, client_of
from tests.given_market import a_buy, again, drained

pytestmark = pytest.mark.django_db


def test_all_that_stand_are_cancelled_and_nobody_elses() -> None:
    telecom, unicom = a_book(), a_book("CU")
    mine, other = a_trader(coins=1_000), a_trader(coins=1_000)
    orders = [a_buy(mine, telecom, 50, 1), a_buy(mine, telecom, 40, 1), a_buy(mine, unicom, 50, 1)]
    theirs = a_buy(other, telecom, 50, 1)
    events = cancel_orders(holder=mine, key=uuid.uuid4(), now=NOW)
    later = a_buy(mine, telecom, 30, 1)
    assert len(events) == 2
    for book in (telecom, unicom):
        drained(book)
    assert {again(order).state for order in orders} == {"cancelled"}
    assert [again(order).state for order in (theirs, later)] == ["open", "open"]
    assert Event.objects.get(book=telecom, kind="cancel_all").turn.outcome == "2 cancelled"
    assert coins_in(f"holder/{mine.pk}/main") == 1_000 - 31
    assert_market_is_clean()


def test_of_one_book_only() -> None:
    telecom, unicom, mine = a_book(), a_book("CU"), a_trader(coins=1_000)
    kept, gone = a_buy(mine, telecom, 50, 1), a_buy(mine, unicom, 50, 1)
    cancel_orders(holder=mine, book=unicom, key=uuid.uuid4(), now=NOW)
    for book in (telecom, unicom):
        drained(book)
    assert (again(kept).state, again(gone).state) == ("open", "cancelled")


def test_the_same_key_asks_once() -> None:
    book, mine, key = a_book(), a_trader(coins=1_000), uuid.uuid4()
    a_buy(mine, book, 50, 1)
    first = cancel_orders(holder=mine, key=key, now=NOW)
    later = a_buy(mine, book, 50, 1)
    assert cancel_orders(holder=mine, key=key, now=NOW) == first
    drained(book)
    assert again(later).state == "open"
    with pytest.raises(KeyReused):
        cancel_orders(holder=mine, book=book, key=key, now=NOW)


@pytest.mark.parametrize("of_one_book", [True, False])
def test_a_key_that_found_nothing_cancels_nothing_placed_since(of_one_book: bool) -> None:
    telecom, unicom = a_book(), a_book("CU")
    mine, key, asked = a_trader(coins=1_000), uuid.uuid4(), telecom if of_one_book else None
    first = cancel_orders(holder=mine, book=asked, key=key, now=NOW)
    assert len(first) == 1
    later = [a_buy(mine, book, 50, 1) for book in (telecom, unicom)]
    assert cancel_orders(holder=mine, book=asked, key=key, now=NOW) == first
    with pytest.raises(KeyReused):
        cancel_orders(holder=mine, book=unicom, key=key, now=NOW)
    for book in (telecom, unicom):
        drained(book)
    assert [again(order).state for order in later] == ["open", "open"]
    assert Event.objects.get(kind="cancel_all").turn.outcome == "0 cancelled"
    assert_market_is_clean()


def test_nothing_to_cancel_is_no_refusal() -> None:
    mine = a_trader()
    assert cancel_orders(holder=mine, key=uuid.uuid4(), now=NOW) == []
    closed = turn_phase(book=a_book(), phase=Book.Phase.CLOSED, key=uuid.uuid4(), now=NOW).book
    ended = drained(closed)
    assert cancel_orders(holder=mine, book=ended, key=uuid.uuid4(), now=NOW) == []
    assert client_of(mine).get("/api/v1/orders").json()["results"] == []
