"""When the service ends, books close, orders come back, and a month's trades are paid at once."""

from datetime import datetime, timedelta

import pytest

from exchange.ending.operations import end_market
from exchange.ending.queries import market_left
from exchange.matching.operations import drain_book
from exchange.orders.models import Book, Order
from exchange.orders.tasks import open_books_of_month
from ledger.models import Transaction
from ledger.queries import amount_at, coins_in
from tests.given import NOW, a_book, a_line, a_trader, an_order
from tests.given_winddown import a_wind_down
from wallet.holders.operations import ServiceEnding
from wallet.holders.queries import main_of

pytestmark = pytest.mark.django_db


def run_to_the_end(*, now: datetime = NOW) -> None:
    for _ in range(20):
        if not end_market(now=now):
            return
    raise AssertionError("It does not end.")


def test_orders_come_back_and_trades_are_paid_before_the_month_closes() -> None:
    book, seller, buyer = a_book(), a_trader(), a_trader(coins=1_000)
    line = a_line(seller, surplus_mb=1_000)
    an_order(seller, book, "S", 80, 3, line=line)
    an_order(buyer, book, "B", 80, 1)
    drain_book(book_id=book.pk, now=NOW)
    waiting = an_order(buyer, book, "B", 50, 2)
    a_wind_down()
    assert market_left(NOW) == 3
    run_to_the_end()
    assert market_left(NOW) == 0
    waiting.refresh_from_db()
    assert waiting.state == Order.State.CANCELLED
    # 80 coins less the maker's 0.50, and 1,000 less 80 and the taker's 0.80: each rounded up.
    assert (coins_in(main_of(seller)), coins_in(main_of(buyer))) == (79, 919)
    assert coins_in("fees/CT") == 2
    assert amount_at(f"line/{line.number.pk}/{line.package}", "SURPLUS-CT-2026-11") == 900
    kinds = set(Transaction.objects.values_list("kind", flat=True))
    assert {"proceeds_early", "fees_early"} < kinds


def test_no_book_opens_and_no_order_is_taken_any_more() -> None:
    book, buyer = a_book(), a_trader(coins=1_000)
    a_wind_down()
    with pytest.raises(ServiceEnding):
        an_order(buyer, book, "B", 80, 1)
    open_books_of_month()
    assert list(Book.objects.all()) == [book]


def test_what_an_earlier_month_owes_waits_for_its_close() -> None:
    book, seller, buyer = a_book(), a_trader(), a_trader(coins=1_000)
    line = a_line(seller, surplus_mb=1_000)
    an_order(seller, book, "S", 80, 1, line=line)
    an_order(buyer, book, "B", 80, 1)
    drain_book(book_id=book.pk, now=NOW)
    a_wind_down()
    december = NOW + timedelta(days=20)
    run_to_the_end(now=december)
    assert market_left(december) == 2
    assert coins_in(f"holder/{seller.pk}/proceeds/2026-11") == 80
