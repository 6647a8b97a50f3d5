"""The market's JSON: each door's success, refusal, bad input, stranger."""

import uuid
from typing import Any

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from exchange.matching.operations import drain_book
from exchange.orders.models import Book, Order
from exchange.orders.operations import turn_phase
from ledger.queries import coins_in
from ledger.rules import month_of
from tests.given import a_book, a_line, a_trader, an_order, client_of
from tests.given_market import an_offer
from wallet.holders.models import Holder
from wallet.holders.rules import opaque_id

pytestmark = pytest.mark.django_db


@pytest.fixture
def book() -> Book:
    now = timezone.now()
    return a_book(month=month_of(now), now=now)


def test_books_show_their_best_prices(book: Book) -> None:
    buyer = _trader(coins=1_000)
    an_order(buyer, book, "B", 60, 1, now=timezone.now())
    drain_book(book_id=book.pk, now=timezone.now())
    (shown,) = client_of(buyer).get("/api/v1/books").json()
    assert (shown["book"]["carrier"], shown["book"]["lot_mb"]) == ("CT", 100)
    assert (shown["best_bid_coins"], shown["best_ask_coins"]) == (60, None)


def test_depth_follows_the_log(book: Book) -> None:
    buyer = _trader(coins=10_000)
    client, path = client_of(buyer), f"/api/v1/books/{opaque_id('bok', book.pk)}/depth"
    assert client.get(path).json()["sequence"] == 0
    for price in (50, 60, 60):
        an_order(buyer, book, "B", price, 2, now=timezone.now())
    drain_book(book_id=book.pk, now=timezone.now())
    shown = client.get(path).json()
    assert shown["sequence"] == 3
    assert shown["bids"] == [
        {"price_coins": 60, "lots": 4, "orders": 2},
        {"price_coins": 50, "lots": 2, "orders": 1},
    ]


def test_trades_are_shown_without_names(book: Book) -> None:
    seller, buyer = _trader(), _trader(coins=1_000)
    now = timezone.now()
    an_order(seller, book, "S", 70, 1, line=a_line(seller, surplus_mb=100, now=now), now=now)
    bought = an_order(buyer, book, "B", 70, 1, now=now)
    drain_book(book_id=book.pk, now=now)
    shown = client_of(seller).get(f"/api/v1/books/{opaque_id('bok', book.pk)}/depth").json()
    (trade,) = shown["trades"]
    assert set(trade) == {"number", "price_coins", "lots", "taker", "traded_at"}
    assert (trade["price_coins"], trade["taker"]) == (70, "buy")
    mine = client_of(buyer).get(f"/api/v1/orders/{opaque_id('ord', bought.pk)}/trades").json()
    assert [each["lots"] for each in mine["results"]] == [1]


def test_place_get_list_and_cancel(book: Book) -> None:
    buyer = _trader(coins=1_000)
    client = client_of(buyer)
    placed = _post(client, "/api/v1/orders", _body(book))
    assert placed.status_code == 201
    order = placed.json()
    assert (order["state"], order["side"], order["open_lots"]) == ("accepted", "buy", 2)
    assert client.get(f"/api/v1/orders/{order['id']}").json() == order
    assert [each["id"] for each in client.get("/api/v1/orders").json()["results"]] == [order["id"]]
    drain_book(book_id=book.pk, now=timezone.now())
    cancelled = _post(client, f"/api/v1/orders/{order['id']}/cancel", {})
    assert cancelled.status_code == 202
    drain_book(book_id=book.pk, now=timezone.now())
    assert client.get(f"/api/v1/orders/{order['id']}").json()["state"] == "cancelled"
    assert coins_in(f"holder/{buyer.pk}/main") == 1_000
    ended = _post(client, f"/api/v1/orders/{order['id']}/cancel", {})
    assert (ended.status_code, ended.json()["code"]) == (409, "order_ended")


def test_sell_from_a_line(book: Book) -> None:
    seller = _trader()
    line = a_line(seller, surplus_mb=500, now=timezone.now())
    body = _body(book) | {
        "side": "sell",
        "number": opaque_id("num", line.number.pk),
        "package": line.package,
    }
    placed = _post(client_of(seller), "/api/v1/orders", body)
    assert placed.status_code == 201, placed.json()
    assert placed.json()["number"] == body["number"]


def test_the_same_key_places_once(book: Book) -> None:
    client, key = client_of(_trader(coins=1_000)), uuid.uuid4()
    answers = [_post(client, "/api/v1/orders", _body(book), key=key) for _ in range(2)]
    assert answers[0].json() == answers[1].json()
    assert Order.objects.count() == 1
    other = _post(client, "/api/v1/orders", _body(book) | {"lots": 3}, key=key)
    assert (other.status_code, other.json()["code"]) == (422, "key_reused")


def test_an_order_is_found_by_the_clients_name_for_it(book: Book) -> None:
    client, key = client_of(_trader(coins=1_000)), uuid.uuid4()
    placed = _post(client, "/api/v1/orders", _body(book), key=key).json()
    _post(client, "/api/v1/orders", _body(book))
    found = client.get(f"/api/v1/orders?client_id={key}").json()["results"]
    assert [one["id"] for one in found] == [placed["id"]]
    for strange in (uuid.uuid4(), "x"):
        assert client.get(f"/api/v1/orders?client_id={strange}").json()["results"] == []


def test_a_market_order_is_immediate_and_delivered_where_asked(book: Book) -> None:
    buyer, now = _trader(coins=1_000), timezone.now()
    number = opaque_id("num", buyer.numbers.get().pk)
    an_offer(book, 60, 2, now=now)
    body = _body(book) | {"kind": "market", "number": number, "deliver_at_once": True}
    placed = _post(client_of(buyer), "/api/v1/orders", body).json()
    assert (placed["time_in_force"], placed["number"]) == ("IOC", number)
    drain_book(book_id=book.pk, now=now)
    path = f"/api/v1/orders/{placed['id']}/trades"
    (trade,) = client_of(buyer).get(path).json()["results"]
    assert trade["delivery"].startswith("dlv_")
    delivery = client_of(buyer).get(f"/api/v1/deliveries/{trade['delivery']}").json()
    assert delivery["mb"] == 200
    offer = Order.objects.get(side="S")
    theirs = client_of(offer.holder).get(f"/api/v1/orders/{opaque_id('ord', offer.pk)}/trades")
    assert theirs.json()["results"][0]["delivery"] is None


def test_replace_and_cancel_all(book: Book) -> None:
    buyer, now = _trader(coins=1_000), timezone.now()
    client = client_of(buyer)
    path = f"/api/v1/orders/{_post(client, '/api/v1/orders', _body(book)).json()['id']}"
    drain_book(book_id=book.pk, now=now)
    replaced = _post(client, f"{path}/replace", {"price_coins": 50, "lots": 3})
    assert replaced.status_code == 202
    waiting = _post(client, f"{path}/replace", {"price_coins": 51, "lots": 3})
    assert (waiting.status_code, waiting.json()["code"]) == (409, "replacement_waiting")
    drain_book(book_id=book.pk, now=now)
    order = client.get(path).json()
    assert (order["price_coins"], order["open_lots"]) == (50, 3)
    other = opaque_id("bok", a_book("CU", month=book.month, now=now).pk)
    nothing = _post(client, f"/api/v1/books/{other}/cancel-orders", {})
    assert nothing.json() == {"books": [other]}
    gone = _post(client, "/api/v1/orders/cancel-all", {})
    assert (gone.status_code, gone.json()) == (202, {"books": [opaque_id("bok", book.pk)]})
    drain_book(book_id=book.pk, now=now)
    assert client.get(path).json()["state"] == "cancelled"
    stranger = client_of(_trader())
    assert _post(stranger, f"{path}/replace", {"price_coins": 50, "lots": 3}).status_code == 404


def test_a_call_tells_what_an_uncross_would_do(book: Book) -> None:
    buyer, now = _trader(coins=1_000), timezone.now()
    client, path = client_of(buyer), f"/api/v1/books/{opaque_id('bok', book.pk)}/depth"
    assert client.get(path).json()["indicative"] is None
    turn_phase(book=book, phase=Book.Phase.CALL, key=uuid.uuid4(), now=now)
    drain_book(book_id=book.pk, now=now)
    an_order(buyer, book, "B", 70, 3, now=now)
    an_offer(book, 60, 2, now=now)
    drain_book(book_id=book.pk, now=now)
    shown = client.get(path).json()
    assert shown["phase"] == "call"
    assert shown["indicative"] == {"price_coins": 70, "lots": 2, "imbalance_lots": 1}


def test_too_few_coins_are_refused(book: Book) -> None:
    answer = _post(client_of(_trader(coins=10)), "/api/v1/orders", _body(book))
    assert (answer.status_code, answer.json()["code"]) == (409, "balance_too_low")
    assert not Order.objects.exists()


@pytest.mark.parametrize(
    "change",
    [
        {"side": "both"},
        {"price_coins": "many"},
        {"price_coins": 2**31},
        {"lots": 0},
        {"lots": 10**30},
        {"time_in_force": "DAY"},
        {"kind": "stop"},
    ],
)
def test_bad_input_is_told(book: Book, change: dict[str, object]) -> None:
    answer = _post(client_of(_trader(coins=1_000)), "/api/v1/orders", _body(book) | change)
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid")


def test_a_term_we_do_not_know_is_never_passed_over(book: Book) -> None:
    strange = {"time_in_forse": "FOK", "post_only": True}
    answer = _post(client_of(_trader(coins=1_000)), "/api/v1/orders", _body(book) | strange)
    assert answer.status_code == 400
    assert [one["pointer"] for one in answer.json()["errors"]] == ["/post_only", "/time_in_forse"]
    assert not Order.objects.exists()


def test_unknown_books_and_lines_are_not_found(book: Book) -> None:
    client = client_of(_trader(coins=1_000))
    unknown = opaque_id("bok", uuid.uuid4())
    assert client.get(f"/api/v1/books/{unknown}/depth").status_code == 404
    assert _post(client, "/api/v1/orders", _body(book) | {"book": "bok_x"}).status_code == 404
    body = _body(book) | {"side": "sell", "number": opaque_id("num", uuid.uuid4())}
    assert _post(client, "/api/v1/orders", body).status_code == 404


def test_strangers_see_and_cancel_nothing(book: Book) -> None:
    order = an_order(_trader(coins=1_000), book, "B", 60, 1, now=timezone.now())
    stranger, path = client_of(_trader()), f"/api/v1/orders/{opaque_id('ord', order.pk)}"
    assert stranger.get(path).status_code == 404
    assert stranger.get(f"{path}/trades").status_code == 404
    assert _post(stranger, f"{path}/cancel", {}).status_code == 404
    assert APIClient().get("/api/v1/books").status_code == 403


def test_what_is_set_aside_is_told(book: Book) -> None:
    seller, buyer = _trader(), _trader(coins=1_000)
    now = timezone.now()
    an_order(seller, book, "S", 60, 1, line=a_line(seller, surplus_mb=100, now=now), now=now)
    order = an_order(buyer, book, "B", 60, 3, now=now)
    drain_book(book_id=book.pk, now=now)
    # 2 lots at 60 wait; 1 coin of cover has left, the exact fee of all three is 1.80.
    told = client_of(buyer).get("/api/v1/balances").json()["set_aside"]
    assert [(one["reason"], one["id"], one["amount"]) for one in told] == [
        ("order", opaque_id("ord", order.pk), 121)
    ]
    month = f"{book.month:%Y-%m}"
    for holder, proceeds, cover in ((buyer, 0, 1), (seller, 60, 0)):
        told = client_of(holder).get("/api/v1/unsettled").json()
        assert told == [{"month": month, "proceeds_coins": proceeds, "cover_coins": cover}]


def _trader(*, coins: int = 0) -> Holder:
    return a_trader(coins=coins, now=timezone.now())


def _body(book: Book) -> dict[str, object]:
    return {
        "book": opaque_id("bok", book.pk),
        "kind": "limit",
        "side": "buy",
        "price_coins": 60,
        "lots": 2,
    }


def _post(
    client: APIClient, path: str, body: dict[str, Any], *, key: uuid.UUID | None = None
) -> Any:
    return client.post(path, body, headers={"Idempotency-Key": str(key or uuid.uuid4())})
