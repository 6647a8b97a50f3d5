"""What a number offers at most: counted with each order, summed where the count says too much."""

import uuid

import pytest
from django.db.models import F

from exchange.orders.models import Book, Order
from exchange.orders.operations import Line, MonthCapPassed, cancel_order, replace_order
from exchange.orders.queries import sale_of
from tests.given import NOW, a_book, a_line, a_trader, an_order
from tests.given_market import again, drained
from wallet.holders.models import Holder

pytestmark = pytest.mark.django_db
CAP_LOTS = 102  # of 100 MB, below the seeded 10,240 MB a month


def _a_seller() -> tuple[Holder, Book, Line]:
    seller = a_trader()
    return seller, a_book(), a_line(seller, surplus_mb=40_000, allowance_mb=100_000)


def _sell(seller: Holder, book: Book, line: Line, lots: int) -> Order:
    return again(an_order(seller, book, "S", 90, lots, line=line))


def _replace(order: Order, lots: int) -> Order:
    replace_order(
        holder=order.holder, order=order, price_coins=90, lots=lots, key=uuid.uuid4(), now=NOW
    )
    return again(order)


def test_each_order_counts_with_those_before_it() -> None:
    seller, book, line = _a_seller()
    orders = [_sell(seller, book, line, lots) for lots in (3, 2, 4)]
    assert [order.offered_mb_max for order in orders] == [300, 500, 900]
    other = a_trader()
    others_line = a_line(other, surplus_mb=1_000, allowance_mb=100_000)
    assert _sell(other, book, others_line, 1).offered_mb_max == 100
    assert again(an_order(a_trader(coins=1_000), book, "B", 80, 1)).offered_mb_max is None


def test_what_was_cancelled_is_no_longer_counted_where_that_would_refuse() -> None:
    seller, book, line = _a_seller()
    order = _sell(seller, book, line, CAP_LOTS)
    cancel_order(holder=seller, order=order, key=uuid.uuid4(), now=NOW)
    drained(book)
    again_so_many = _sell(seller, book, line, CAP_LOTS)
    assert again_so_many.offered_mb_max == CAP_LOTS * 100
    with pytest.raises(MonthCapPassed):
        _sell(seller, book, line, 1)


def test_an_order_that_did_not_count_has_all_summed() -> None:
    seller, book, line = _a_seller()
    _sell(seller, book, line, 1)
    last = _sell(seller, book, line, CAP_LOTS - 2)
    # As a process of the release before leaves it.
    Order.objects.filter(pk=last.pk).update(offered_mb_max=None)
    with pytest.raises(MonthCapPassed):
        _sell(seller, book, line, 2)
    assert _sell(seller, book, line, 1).offered_mb_max == CAP_LOTS * 100


def test_a_replacement_counts_what_it_adds() -> None:
    seller, book, line = _a_seller()
    order = _sell(seller, book, line, 10)
    assert _replace(order, CAP_LOTS - 1).offered_mb_max == (CAP_LOTS - 1) * 100
    with pytest.raises(MonthCapPassed):
        _sell(seller, book, line, 2)
    assert sale_of(order, mb=0, now=NOW).offered_mb == (CAP_LOTS - 1) * 100
    assert _sell(seller, drained(book), line, 1).offered_mb_max == CAP_LOTS * 100


def test_a_replacement_that_nobody_counted_makes_the_database_forget() -> None:
    seller, book, line = _a_seller()
    order = _sell(seller, book, line, 10)
    more_mb = (CAP_LOTS - 11) * 100
    Order.objects.filter(pk=order.pk).update(aside_amount=F("aside_amount") + more_mb)
    assert again(order).offered_mb_max is None
    with pytest.raises(MonthCapPassed):
        _sell(seller, book, line, 2)
    more_of_it = F("aside_amount") + 100
    Order.objects.filter(pk=order.pk).update(aside_amount=more_of_it, offered_mb_max=20_000)
    assert again(order).offered_mb_max == 20_000
