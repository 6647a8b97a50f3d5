"""What a writer makes of orders goes to their holders: by the batch, numbered, to each alone."""

import asyncio
import time
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID, uuid4

import pytest
import redis
from django.test import Client
from django.utils import timezone

from exchange.market import tasks
from exchange.market.live.application import Live
from exchange.market.live.own import Message, OwnOrders
from exchange.market.live.tickets import Ticket, ticket_in
from exchange.matching import tasks as matching
from exchange.matching.operations import ChangedOrder, Memory, book_batch
from exchange.orders.models import Book
from ledger.rules import month_of
from tests.exchange.market.test_pages import browser_of, path_of
from tests.given import a_book, a_trader, client_of
from tests.given_market import a_buy, an_offer
from wallet.holders.rules import opaque_id

BOOK, ORDER = uuid4(), uuid4()
PATIENCE_SECONDS = 120


def _message(number: int, holder: UUID, *, filled: int = 0, order: UUID = ORDER) -> Message:
    rows: list[list[str | int]] = [[str(order), "open", 5 - filled, filled]]
    return Message(number=number, book=BOOK.hex, orders={holder.hex: rows})


def _filled(orders: OwnOrders, holder: UUID, *, since: int) -> list[object] | None:
    changed = orders.changes(holder, since=since)
    return None if changed is None else [row["filled_lots"] for row in changed]


def test_an_order_is_told_as_it_is_last_and_a_gap_is_told_as_one() -> None:
    mine, other = uuid4(), uuid4()
    orders = OwnOrders()
    orders.begin([_message(10, mine, filled=1), _message(20, mine, filled=2), _message(30, other)])
    assert _filled(orders, mine, since=10) == [2]
    assert _filled(orders, mine, since=20) == []
    assert _filled(orders, other, since=20) == [0]
    assert _filled(orders, mine, since=9) is None  # what came before 10 is not kept
    assert _filled(orders, mine, since=31) is None  # a number of another Redis
    assert _filled(orders, mine, since=0) is None  # who comes for the first time
    orders.take(_message(40, mine, filled=3))
    orders.take(_message(50, mine, filled=1, order=uuid4()))
    assert _filled(orders, mine, since=10) == [3, 1]


def test_no_more_is_kept_than_so_much() -> None:
    mine, orders = uuid4(), OwnOrders()
    orders.begin([])
    for number in range(1, tasks.MESSAGES_KEPT + 2):
        orders.take(_message(number, mine, filled=1))
    assert _filled(orders, mine, since=0) is None
    assert _filled(orders, mine, since=1) is None
    assert _filled(orders, mine, since=2) == [1]


def test_who_comes_first_of_all_asks_though_nothing_was_ever_told() -> None:
    mine, orders = uuid4(), OwnOrders()
    orders.begin([])
    assert _filled(orders, mine, since=0) is None
    seen = orders.enter(mine).version
    orders.take(_message(5, mine, filled=1))
    assert _filled(orders, mine, since=0) is None
    assert _filled(orders, mine, since=seen) == [1]
    assert _filled(orders, mine, since=5) == []


def test_only_those_are_woken_whose_orders_changed() -> None:
    mine, other, orders = uuid4(), uuid4(), OwnOrders()
    woken: dict[UUID, asyncio.Event] = {}
    for holder in (mine, other):
        woken[holder] = asyncio.Event()
        orders.enter(holder).watchers.add(woken[holder])
    orders.take(_message(1, mine))
    assert [event.is_set() for event in woken.values()] == [True, False]
    orders.begin([])
    assert woken[other].is_set()  # whoever looks hears that it is live again
    woken[other].clear()
    orders.turn_stale()
    assert woken[other].is_set()
    orders.enter(other).leave(woken[other])
    assert set(orders.rooms) == {mine}


def test_numbers_go_back_for_nobody_who_comes_after_others_were_told() -> None:
    mine, orders = uuid4(), OwnOrders()
    orders.begin([_message(10, mine)])
    first = orders.enter(mine)
    orders.take(_message(30, uuid4()))
    second = orders.enter(mine)
    assert (second is first, second.version) == (True, 30)
    orders.take(_message(40, mine, filled=1))
    assert (second.version, _filled(orders, mine, since=30)) == (40, [1])


def test_what_is_ones_own_is_told_no_longer_than_the_ticket_says() -> None:
    ticket = Ticket(books=(), holder_id=uuid4(), form="json", own_until=int(time.time()) - 1)
    sent: list[dict[str, Any]] = []

    async def stays() -> dict[str, Any]:
        await asyncio.Event().wait()
        return {}

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    async def watched() -> None:
        live = Live()
        async with asyncio.timeout(PATIENCE_SECONDS):
            await live._serve(ticket, [], stays, send)
        await live.hub.stop()

    asyncio.run(watched())  # it is let go, though it would stay
    assert sent[-1] == {"type": "http.response.body", "body": b""}


@pytest.fixture
def book() -> Book:
    now = timezone.now()
    return a_book(month=month_of(now), now=now)


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[tuple[UUID, list[ChangedOrder]]]:
    """Collect what a writer tells its followers."""
    found: list[tuple[UUID, list[ChangedOrder]]] = []
    monkeypatch.setattr(
        matching, "_followers", [lambda book, changed: found.append((book, list(changed)))]
    )
    return found


@pytest.mark.django_db
def test_the_writer_tells_what_became_of_the_orders_it_touched(
    book: Book, told: list[tuple[UUID, list[ChangedOrder]]]
) -> None:
    now = timezone.now()
    offer = an_offer(book, 60, 5, now=now)
    bought = a_buy(a_trader(coins=1_000, now=now), book, 60, 2, now=now)
    matching.run_writer(book=str(book.pk))
    assert told[0] == (
        book.pk,
        [
            ChangedOrder(offer.holder_id, str(offer.pk), "open", 3, 2),
            ChangedOrder(bought.holder_id, str(bought.pk), "filled", 0, 2),
        ],
    )
    assert [len(changed) for _, changed in told] == [2]


@pytest.mark.django_db
def test_what_was_booked_is_told_though_the_next_batch_fails(
    book: Book, told: list[tuple[UUID, list[ChangedOrder]]], monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second, third = (an_offer(book, price, 1, now=timezone.now()) for price in (60, 61, 62))
    monkeypatch.setattr("exchange.matching.operations.writer.BATCH_EVENTS_MAX", 1)
    monkeypatch.setattr(matching, "TELL_SECONDS", 3_600)  # the second would wait for the end
    batches = iter([book_batch, book_batch])

    def failing(*, memory: Memory, now: datetime) -> int | None:
        book_next = next(batches, None)
        if book_next is None:
            raise OSError("away")
        return book_next(memory=memory, now=now)

    monkeypatch.setattr(matching, "book_batch", failing)
    with pytest.raises(OSError, match="away"):
        matching.run_writer(book=str(book.pk))
    assert [[row.key for row in changed] for _, changed in told] == [
        [str(first.pk)],
        [str(second.pk)],
    ]
    third.refresh_from_db()
    assert third.state == "accepted"


@pytest.mark.django_db
def test_orders_that_cannot_be_told_break_nothing(
    book: Book, monkeypatch: pytest.MonkeyPatch
) -> None:
    away = redis.Redis(port=1, socket_connect_timeout=1)
    monkeypatch.setattr(tasks, "_redis", lambda: away)
    tasks.follow(book.pk, [ChangedOrder(uuid4(), str(uuid4()), "open", 1, 0)])


def _ticket(url: str) -> Ticket:
    ticket = ticket_in(urlsplit(url).path.rpartition("/live/")[2])
    assert ticket is not None
    return ticket


@pytest.mark.django_db
def test_a_page_goes_on_only_while_its_reader_is_signed_in(book: Book) -> None:
    now = timezone.now()
    holder = a_trader(coins=1_000, now=now)
    again = f"/market/live/simple?book={opaque_id('bok', book.pk)}"
    browser = browser_of(holder)
    page = browser.get(path_of(book)).content.decode()
    assert f'data-again="{again}"' in page
    ticket = _ticket(browser.get(again).json()["url"])
    assert (ticket.books, ticket.holder_id) == ((book.pk,), holder.pk)
    assert 0 < ticket.own_until - time.time() < 700  # the stream reads no clock of Django
    browser.logout()
    assert browser.get(again).status_code == 302
    assert Client().get("/market/live/orders").status_code == 302


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["nothing", "orders?book=bok_x", "simple?book=bok_x"])
def test_nothing_else_comes_live(name: str) -> None:
    holder = a_trader(now=timezone.now())
    assert browser_of(holder).get(f"/market/live/{name}").status_code == 404


@pytest.mark.django_db
def test_an_orders_page_and_the_api_hear_of_own_orders_alone(book: Book) -> None:
    now = timezone.now()
    holder = a_trader(coins=1_000, now=now)
    order = a_buy(holder, book, 60, 1, now=now)
    page = browser_of(holder).get(f"/market/orders/{opaque_id('ord', order.pk)}/").content.decode()
    assert 'data-again="/market/live/orders?"' in page
    ticket = _ticket(client_of(holder).get("/api/v1/orders/live").json()["url"])
    assert (ticket.books, ticket.holder_id, ticket.form) == ((), holder.pk, "json")
    assert ticket.own_until > now.timestamp()
