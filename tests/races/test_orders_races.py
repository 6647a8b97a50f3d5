"""Orders and writers at the same moment: books stay clean, nothing is placed or booked twice."""

import uuid
from concurrent.futures import wait
from functools import partial

import pytest
from django.db import transaction

from exchange.matching.operations import Fenced, drain_book
from exchange.orders.models import Book, Order, Trade, Turn
from exchange.orders.operations import cancel_order, place_order
from ledger.queries import coins_in
from ledger.refusals import BalanceTooLow
from tests.exchange.proofs import assert_market_is_clean
from tests.given import NOW, a_book, a_line, a_trader, an_order
from tests.given_market import a_buy
from tests.races.threads import at_once, in_thread

pytestmark = pytest.mark.own_database
ORDERS = 50
SECONDS_MAX = 60


def test_fifty_orders_at_once_leave_the_books_clean() -> None:
    book = a_book()
    sellers = [a_trader() for _ in range(5)]
    lines = [a_line(seller, surplus_mb=5_000) for seller in sellers]
    buyers = [a_trader(coins=10_000) for _ in range(5)]

    def place(place: int) -> Order:
        who, price = place % 5, 60 + place % 7
        if place % 2:
            return an_order(sellers[who], book, "S", price, 1 + place % 3, line=lines[who])
        return an_order(buyers[who], book, "B", price, 1 + place % 3)

    placed = at_once(place, threads=ORDERS)
    assert [one for one in placed if isinstance(one, Exception)] == []
    drain_book(book_id=book.pk, now=NOW)
    numbers = Turn.objects.order_by("event").values_list("number", flat=True)
    assert list(numbers) == list(range(1, ORDERS + 1))
    assert Trade.objects.exists()
    bought = sum(trade.lots for trade in Trade.objects.all())
    filled = Order.objects.filter(side="B").values_list("filled_lots", flat=True)
    assert sum(filled) == bought
    assert_market_is_clean()


def test_writers_at_once_book_every_event_once() -> None:
    book, seller, buyer = a_book(), a_trader(), a_trader(coins=10_000)
    line = a_line(seller, surplus_mb=5_000)
    for _ in range(10):
        an_order(seller, book, "S", 50, 1, line=line)
        an_order(buyer, book, "B", 50, 1)
    booked = at_once(lambda _place: drain_book(book_id=book.pk, now=NOW), threads=8)
    counts = [one for one in booked if isinstance(one, int)]
    assert all(isinstance(one, Fenced) for one in booked if not isinstance(one, int))
    drained = sum(counts) + drain_book(book_id=book.pk, now=NOW)
    assert drained == 20
    assert Book.objects.get().cursor == 20
    assert Trade.objects.count() == 10
    assert_market_is_clean()


def test_orders_arrive_while_the_writer_works() -> None:
    book, seller = a_book(), a_trader()
    line = a_line(seller, surplus_mb=5_000)
    buyers = [a_trader(coins=1_000) for _ in range(10)]

    def work(place: int) -> object:
        if place == 0:
            return [drain_book(book_id=book.pk, now=NOW) for _ in range(20)]
        if place == 1:
            return [an_order(seller, book, "S", 50, 1, line=line) for _ in range(10)]
        return an_order(buyers[place - 2], book, "B", 50, 1)

    done = at_once(work, threads=12)
    assert [one for one in done if isinstance(one, Exception)] == []
    drain_book(book_id=book.pk, now=NOW)
    assert Trade.objects.count() == 10
    assert_market_is_clean()


def test_one_key_at_once_places_one_order() -> None:
    book, buyer, key = a_book(), a_trader(coins=1_000), uuid.uuid4()

    def place(_place: int) -> Order:
        return place_order(
            holder=buyer, book=book, side="B", price_coins=90, lots=1, key=key, now=NOW
        )

    placed = at_once(place, threads=8)
    assert {one.pk if isinstance(one, Order) else one for one in placed} == {Order.objects.get().pk}
    assert coins_in(f"holder/{buyer.pk}/main") == 1_000 - 91


def test_an_order_is_accepted_while_its_book_is_held() -> None:
    book, seller, buyer = a_book(), a_trader(), a_trader(coins=1_000)
    line, number = a_line(seller, surplus_mb=100), buyer.numbers.get()

    def place(place: int) -> Order:
        if place == 0:
            return an_order(seller, book, "S", 90, 1, line=line)
        at_once = place == 2  # with something to look into, accepted step by step
        return a_buy(buyer, book, 90, 1, deliver_to=number, deliver_at_once=at_once)

    with transaction.atomic():
        Book.objects.select_for_update().get(pk=book.pk)  # as a batch does, until it commits
        accepted = [in_thread(partial(place, each)) for each in range(3)]
        done, waiting = wait(accepted, timeout=SECONDS_MAX)
        assert not waiting
    assert {one.result().state for one in done} == {Order.State.ACCEPTED}


def test_the_last_coins_fund_one_order() -> None:
    book, buyer = a_book(), a_trader(coins=100)
    placed = at_once(lambda _place: an_order(buyer, book, "B", 90, 1), threads=8)
    assert len([one for one in placed if isinstance(one, Order)]) == 1
    assert len([one for one in placed if isinstance(one, BalanceTooLow)]) == 7
    assert_market_is_clean()


def test_cancel_and_fill_at_once_give_back_only_what_is_left() -> None:
    book, seller, buyer = a_book(), a_trader(), a_trader(coins=1_000)
    line = a_line(seller, surplus_mb=1_000)
    order = an_order(buyer, book, "B", 50, 5)
    drain_book(book_id=book.pk, now=NOW)

    def work(place: int) -> object:
        if place == 0:
            return cancel_order(holder=buyer, order=order, key=uuid.uuid4(), now=NOW)
        if place == 1:
            return an_order(seller, book, "S", 50, 3, line=line)
        return drain_book(book_id=book.pk, now=NOW)

    done = at_once(work, threads=3)
    assert [one for one in done if isinstance(one, Exception)] == []
    drain_book(book_id=book.pk, now=NOW)
    order.refresh_from_db()
    assert order.state == Order.State.CANCELLED
    assert order.filled_lots in (0, 3)
    paid = order.filled_lots * 50
    cover = -(-order.filled_lots * 50 * 50 // 10_000)
    assert coins_in(f"holder/{buyer.pk}/main") == 1_000 - paid - cover
    assert_market_is_clean()
