"""What the market adds to the home page."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from exchange.matching.operations import drain_book
from exchange.orders.models import Order
from ledger.rules import month_of
from tests import given
from wallet.holders.models import Holder
from wallet.holders.rules import opaque_id

pytestmark = pytest.mark.django_db


def _home(holder: Holder, language: str = "en") -> str:
    assert holder.user is not None
    client = Client(headers={"host": "127.0.0.1", "accept-language": language})
    client.force_login(holder.user)
    return client.get("/").content.decode()


def test_whoever_never_traded_sees_nothing_of_it() -> None:
    assert "To be settled" not in _home(given.a_holder(now=timezone.now()))


def test_proceeds_and_fees_show_until_the_close() -> None:
    now = timezone.now() - timedelta(minutes=1)
    book = given.a_book(month=month_of(now), now=now)
    seller, buyer = given.a_trader(now=now), given.a_trader(coins=1_000, now=now)
    line = given.a_line(seller, surplus_mb=200, now=now)
    given.an_order(seller, book, Order.Side.SELL, 80, 2, line=line, now=now)
    given.an_order(buyer, book, Order.Side.BUY, 80, 1, now=now)
    drain_book(book_id=book.pk, now=now)
    assert "80 coins" in _home(seller)
    assert "Orders in the market: 1" in _home(seller)
    assert "Fees set aside: 1 coin" in _home(buyer)
    assert "成交" in _home(buyer, "zh-hans")


def test_entries_say_what_was_bought_sold_and_returned_and_lead_to_ones_own_orders() -> None:
    now = timezone.now() - timedelta(minutes=1)
    book = given.a_book(month=month_of(now), now=now)
    seller, buyer = given.a_trader(now=now), given.a_trader(coins=1_000, now=now)
    line = given.a_line(seller, surplus_mb=200, now=now)
    sell = given.an_order(seller, book, Order.Side.SELL, 80, 1, line=line, now=now)
    buy = given.an_order(buyer, book, Order.Side.BUY, 90, 1, now=now)
    drain_book(book_id=book.pk, now=now)
    bought, sold = _home(buyer, "zh-hans"), _home(seller, "zh-hans")
    for words in ("买到流量", "成交价更低，差价退回", "成交预留手续费"):
        assert words in bought
    for words in ("卖出流量，月底结算", "挂卖单，留出流量"):
        assert words in sold
    mine, theirs = (f"/market/orders/{opaque_id('ord', each.pk)}/" for each in (buy, sell))
    assert mine in bought
    assert theirs not in bought
    assert theirs in sold
