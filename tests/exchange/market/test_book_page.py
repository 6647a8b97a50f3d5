"""A book's page: what everybody sees alike, quotes, now or at a price of mine, every phase."""

import uuid

import pytest
from django.utils import timezone

from exchange.matching.operations import drain_book
from exchange.orders.models import Book, Order
from exchange.orders.operations import turn_phase
from ledger.rules import month_of
from tests.exchange.market.test_pages import a_seller, browser_of, buy_fields, path_of, text_of
from tests.given import a_book, a_trader
from wallet.holders.rules import opaque_id

pytestmark = pytest.mark.django_db


@pytest.fixture
def book() -> Book:
    now = timezone.now()
    return a_book(month=month_of(now), now=now)


def test_what_changes_is_told_to_those_whom_nothing_reaches_live(book: Book) -> None:
    seller = a_seller(book, price=80)
    told = browser_of(seller, "en").get(f"{path_of(book)}parts/full").json()
    assert told["book"] == opaque_id("bok", book.pk)
    assert set(told["parts"]) == {
        *("phase", "now", "ladder", "depth", "price", "candles", "trades"),
    }
    assert "80 coins" in told["parts"]["ladder"]
    assert set(browser_of(seller).get(f"{path_of(book)}parts/simple").json()["parts"]) == {
        "phase",
        "now",
    }


def test_now_takes_the_price_shown_and_a_price_of_mine_is_asked_for(book: Book) -> None:
    buyer = a_trader(coins=1_000, now=timezone.now())
    nobody = browser_of(buyer).post(path_of(book), buy_fields() | {"buy-price_coins": ""})
    assert "现在对面没有挂单" in nobody.content.decode()
    a_seller(book, price=80)
    mine = buy_fields() | {"buy-price_coins": "", "buy-kind": "limit"}
    assert "请填您的价" in browser_of(buyer).post(path_of(book), mine).content.decode()
    shown = browser_of(buyer).post(
        path_of(book), buy_fields() | {"buy-price_coins": "", "buy-guard": "79"}
    )
    assert shown.status_code == 302
    assert (
        browser_of(buyer).post(path_of(book), buy_fields() | {"buy-price_coins": ""}).status_code
        == 302
    )
    assert sorted(Order.objects.filter(side="B").values_list("price_coins", flat=True)) == [79, 80]


@pytest.mark.parametrize(
    ("lots", "said"),
    [
        ("2", "2 lots now for 160 coins, at most 80 each"),
        ("9", "3 lots now for 240 coins"),
        ("0", "Say how many lots."),
        ("x", "Say how many lots."),
        ("9" * 40, "Say how many lots."),
    ],
)
def test_a_quote_says_what_lots_would_cost(book: Book, lots: str, said: str) -> None:
    a_seller(book, price=80)
    buyer = a_trader(now=timezone.now())
    page = text_of(buyer, f"{path_of(book)}quote/buy?buy-lots={lots}", language="en")
    assert said in page
    assert ("no more than that is there" in page) == (lots == "9")


@pytest.mark.parametrize(
    ("phase", "said"),
    [
        (Book.Phase.CALL, "先收单，到点按同一个价格一起成交"),
        (Book.Phase.HALT, "现在只能撤单"),
        (Book.Phase.CLOSED, "已经收盘"),
    ],
)
def test_every_phase_is_said(book: Book, phase: Book.Phase, said: str) -> None:
    holder, now = a_trader(now=timezone.now()), timezone.now()
    turn_phase(book=book, phase=phase, key=uuid.uuid4(), now=now)
    drain_book(book_id=book.pk, now=now)
    assert said in text_of(holder, path_of(book))
    assert said in text_of(holder, f"{path_of(book)}full/")
    is_over = phase == Book.Phase.CLOSED
    assert ("下个月的市场" in text_of(holder, path_of(book))) == is_over


def test_after_a_refusal_the_quote_is_of_the_lots_that_were_typed(book: Book) -> None:
    a_seller(book, price=80)
    buyer = a_trader(now=timezone.now())
    typed = buy_fields() | {"buy-lots": "2", "buy-kind": "limit", "buy-price_coins": ""}
    page = browser_of(buyer).post(path_of(book), typed).content.decode()
    assert "请填您的价" in page
    assert "现在 2 手共 160 币" in page
