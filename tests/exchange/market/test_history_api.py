"""Market data as JSON: the snapshot, the last day, trades and candles by pages."""

import uuid

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from exchange.market.live.tickets import ticket_in
from exchange.market.operations import follow_trades
from exchange.market.queries import snapshot_of
from exchange.market.rules import picture_of
from exchange.orders.models import Book
from ledger.rules import month_of
from tests.given import a_book, a_trader, client_of
from tests.given_market import a_buy, an_offer, drained
from wallet.holders.rules import opaque_id

pytestmark = pytest.mark.django_db


@pytest.fixture
def book() -> Book:
    """Return a book that traded at 60, 61 and 62."""
    now = timezone.now()
    book, buyer = a_book(month=month_of(now), now=now), a_trader(coins=1_000, now=now)
    for price in (60, 61, 62):
        an_offer(book, price, 1, now=now)
        a_buy(buyer, book, price, 1, now=now)
    book = drained(book, now=now)
    follow_trades(book_id=book.pk)
    return book


@pytest.fixture
def client() -> APIClient:
    return client_of(a_trader(now=timezone.now()))


def test_trades_go_back_page_by_page(book: Book, client: APIClient) -> None:
    page = client.get(f"{_path(book)}/trades?limit=2").json()
    assert [each["price_coins"] for each in page["results"]] == [62, 61]
    assert set(page["results"][0]) == {"number", "price_coins", "lots", "taker", "traded_at"}
    last = client.get(page["next"]).json()
    assert ([each["number"] for each in last["results"]], last["next"]) == ([1], None)


def test_candles_go_by_their_span(book: Book, client: APIClient) -> None:
    (day,) = client.get(f"{_path(book)}/candles?span=1d").json()["results"]
    assert (day["open_coins"], day["close_coins"], day["lots"], day["trades"]) == (60, 62, 3, 3)
    assert day["turnover_coins"] == 183
    (hour,) = client.get(f"{_path(book)}/candles").json()["results"]
    assert (hour["span"], hour["starts_at"][14:]) == ("1h", "00:00Z")
    bad = client.get(f"{_path(book)}/candles?span=5m")
    assert (bad.status_code, bad.json()["code"]) == (400, "invalid")


def test_the_snapshot_is_what_is_pushed(book: Book, client: APIClient) -> None:
    told = client.get(f"{_path(book)}/snapshot").json()
    pushed = picture_of(snapshot_of(book, now=timezone.now()))
    assert told == {"book": opaque_id("bok", book.pk), **pushed, "at": told["at"]}
    ticker = client.get(f"{_path(book)}/ticker").json()
    assert ticker == told["ticker"]
    assert (ticker["last_coins"], ticker["change_coins"], ticker["lots"]) == (62, 2, 3)


def test_a_quote_adds_prices_up(book: Book, client: APIClient) -> None:
    an_offer(book, 70, 2, now=timezone.now())
    drained(book, now=timezone.now())
    quoted = client.get(f"{_path(book)}/quote?lots=5").json()
    assert quoted["buy"] == {"lots": 5, "found_lots": 2, "total_coins": 140, "worst_coins": 70}
    assert quoted["sell"]["worst_coins"] is None
    assert client.get(f"{_path(book)}/quote").json()["buy"]["total_coins"] == 70
    for bad in ("0", "x", "9" * 40):
        answer = client.get(f"{_path(book)}/quote?lots={bad}")
        assert (answer.status_code, answer.json()["code"]) == (400, "invalid")


def test_the_live_address_bears_a_ticket_for_the_book(book: Book, client: APIClient) -> None:
    told = client.get(f"{_path(book)}/live").json()
    ticket = ticket_in(told["url"].rpartition("/live/")[2])
    assert ticket is not None
    assert (ticket.books, ticket.form) == ((book.pk,), "json")
    assert ticket_in(told["url"].rpartition("/live/")[2][:-1]) is None


@pytest.mark.parametrize("door", ["snapshot", "ticker", "trades", "candles", "live", "quote"])
def test_unknown_books_are_not_found_and_strangers_are_not_served(
    client: APIClient, door: str
) -> None:
    unknown = f"/api/v1/books/{opaque_id('bok', uuid.uuid4())}/{door}"
    assert client.get(unknown).status_code == 404
    assert APIClient().get(unknown).status_code == 403


def _path(book: Book) -> str:
    return f"/api/v1/books/{opaque_id('bok', book.pk)}"
