"""The live stream, read from the server that runs in production, with Redis behind it."""

import asyncio
import json
import time
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
import redis
from django.conf import settings
from django.test import override_settings

from config.embedded.children import free_port
from config.embedded.session import CHECKOUT
from config.processes import Supervisor, programs
from exchange.market import tasks
from exchange.market.live.hub import Hub
from exchange.market.live.tickets import Ticket, live_address
from exchange.market.operations import Picture
from exchange.market.rules import Level, Snapshot, picture_of
from exchange.market.tasks import CHANNEL, MESSAGES_KEPT, ORDERS_STREAM, tell_orders, tell_picture
from exchange.matching.operations import ChangedOrder
from wallet.holders.rules import opaque_id

PATIENCE_SECONDS = 120
AT = datetime(2026, 11, 16, 2, 30, tzinfo=UTC)


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Run the stream's own process, and yield its address."""
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    started = programs(port=0, live_port=port, folder=tmp_path_factory.mktemp("live"))
    supervisor = Supervisor(folder=CHECKOUT)
    try:
        with pytest.MonkeyPatch.context() as environment:
            environment.setenv("DJANGO_SETTINGS_MODULE", "config.settings")
            supervisor.start(next(each for each in started if each.name == "live"))
        _wait_for(address)
        yield address
    finally:
        supervisor.stop()


def _wait_for(address: str) -> None:
    ends = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < ends:
        try:
            if httpx.get(f"{address}/healthz").is_success:
                return
        except httpx.TransportError:
            time.sleep(0.1)
    pytest.fail("The stream did not come up.")


@pytest.fixture
def book() -> Iterator[uuid.UUID]:
    book_id = uuid.uuid4()
    yield book_id
    client = redis.Redis.from_url(settings.REDIS_URL)
    client.delete(f"{CHANNEL}{book_id}")
    client.close()


def _tell(book: uuid.UUID, *, version: int, price: int) -> str:
    """Tell a picture of a book with one offer."""
    shown = Snapshot(
        sequence=version,
        phase="continuous",
        at=AT,
        lot_mb=100,
        opens_at=AT,
        closing_call_at=AT,
        uncross_at=AT,
        asks=(Level(price_coins=price, lots=3, orders=1),),
    )
    drawn = {"version": version, "book": opaque_id("bok", book), **picture_of(shown)}
    text = json.dumps(drawn, separators=(",", ":"))
    tell_picture(Picture(book_id=book, version=version, text=text))
    return text


def _address(address: str, *books: uuid.UUID, form: str = "json") -> str:
    with override_settings(LIVE_URL=address):
        return live_address(Ticket(books=books, holder_id=uuid.uuid4(), form=form))


def _own_address(address: str, holder: uuid.UUID, *, seconds: int = 600) -> str:
    """Return where a holder's own orders come live for so long, from now."""
    ends = int(time.time()) + seconds
    with override_settings(LIVE_URL=address):
        return live_address(Ticket(books=(), holder_id=holder, form="json", own_until=ends))


def _told(event: dict[str, str]) -> Any:
    return json.loads(event["data"])["orders"]


def _events(stream: httpx.Response) -> Iterator[dict[str, str]]:
    """Yield the events of a stream as a browser reads them."""
    event: dict[str, str] = {}
    for line in stream.iter_lines():
        name, _, value = line.partition(": ")
        if name in ("id", "event", "data"):
            event[name] = value
        elif not line and "event" in event:
            yield event
            event = {}


def _listen(url: str, **headers: str) -> Any:
    return httpx.stream("GET", url, headers=headers, timeout=PATIENCE_SECONDS)


def _next(events: Iterator[dict[str, str]], name: str) -> dict[str, str]:
    """Return the next event of a name: a book nobody told of yet is stale first."""
    return next(event for event in events if event["event"] == name)


def test_who_comes_sees_the_last_picture_and_then_each_new_one(
    address: str, book: uuid.UUID
) -> None:
    first = _tell(book, version=7, price=60)
    with _listen(_address(address, book)) as stream:
        assert stream.headers["content-type"].startswith("text/event-stream")
        assert stream.headers["access-control-allow-origin"] == "*"
        events = _events(stream)
        assert _next(events, "picture") == {"id": "7", "event": "picture", "data": first}
        second = _tell(book, version=8, price=61)
        assert _next(events, "picture")["data"] == second
        # Late: nobody sees it.
        tasks._redis().publish(f"{CHANNEL}{book}", json.dumps({"version": 6}))
        third = _tell(book, version=9, price=62)
        assert next(events)["data"] == third


def test_a_page_is_sent_the_parts_that_changed_in_its_language(
    address: str, book: uuid.UUID
) -> None:
    _tell(book, version=1, price=60)
    with _listen(_address(address, book, form="full.en")) as stream:
        events = _events(stream)
        parts = json.loads(_next(events, "parts")["data"])["parts"]
        assert "Buy 100 MB now for" in parts["now"]
        assert "60 coins" in parts["ladder"]
        _tell(book, version=2, price=61)
        told = json.loads(_next(events, "parts")["data"])
        assert told["book"] == opaque_id("bok", book)
        assert set(told["parts"]) == {
            "now",
            "ladder",
            "depth",
        }  # the phase is the same, as are trades
        _tell(book, version=3, price=62)
        assert _next(events, "parts")["id"] == "3"
    with _listen(_address(address, book, form="full.en"), **{"last-event-id": "2"}) as stream:
        again = json.loads(_next(_events(stream), "parts")["data"])["parts"]
        assert set(again) == {"now", "ladder", "depth"}
    with _listen(_address(address, book, form="full.en"), **{"last-event-id": "3"}) as stream:
        # Nothing has changed: that it is live again is told all the same.
        assert json.loads(next(_events(stream))["data"])["parts"] == {}


def test_a_page_of_several_books_is_one_stream(address: str, book: uuid.UUID) -> None:
    other = uuid.uuid4()
    _tell(book, version=5, price=60)
    with _listen(_address(address, book, other, form="cards.zh-hans")) as stream:
        events = _events(stream)
        assert _next(events, "parts")["id"] == "5.0"
        _tell(other, version=3, price=70)
        told = _next(events, "parts")
        assert told["id"] == "5.3"
        assert opaque_id("bok", other) in told["data"]
    redis.Redis.from_url(settings.REDIS_URL).delete(f"{CHANNEL}{other}")


def test_a_book_nobody_tells_of_is_not_live(address: str, book: uuid.UUID) -> None:
    with _listen(_address(address, book)) as stream:
        assert next(_events(stream))["event"] == "stale"


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/live/forged", 403),
        ("GET", "/live/%ff%00", 403),
        ("GET", "/", 403),
        ("POST", "/live/forged", 405),
        ("GET", "/healthz", 200),
    ],
)
def test_nothing_without_a_ticket(address: str, method: str, path: str, status: int) -> None:
    assert httpx.request(method, f"{address}{path}").status_code == status


def test_one_holder_watches_no_more_than_so_often(address: str, book: uuid.UUID) -> None:
    url = _address(address, book)
    streams = [_listen(url) for _ in range(21)]
    try:
        codes = [stream.__enter__().status_code for stream in streams]
    finally:
        for stream in streams:
            stream.__exit__(None, None, None)
    assert codes == [200] * 20 + [503]
    ends = time.monotonic() + PATIENCE_SECONDS
    while True:  # who has left leaves room, soon
        with _listen(url) as stream:
            if stream.status_code == 200:
                break
        assert time.monotonic() < ends
        time.sleep(0.1)


def test_of_orders_each_is_told_its_own_and_nobody_elses(address: str, book: uuid.UUID) -> None:
    mine, others, order = uuid.uuid4(), uuid.uuid4(), uuid.uuid4()

    def change(holder: uuid.UUID, filled: int) -> None:
        tell_orders(book, [ChangedOrder(holder, str(order), "open", 5 - filled, filled)])

    _tell(book, version=1, price=60)
    with (
        _listen(_own_address(address, mine)) as my_stream,
        _listen(_own_address(address, others)) as their_stream,
        _listen(_address(address, book)) as public,
    ):
        my, their, all_see = _events(my_stream), _events(their_stream), _events(public)
        # Whoever comes does not know what it missed.
        assert _told(_next(my, "orders")) is None
        assert _told(_next(their, "orders")) is None
        _next(all_see, "picture")
        # What another version told, or nobody of us: it is passed over, and kept for who comes.
        client = redis.Redis.from_url(settings.REDIS_URL)
        for text in ("[]", "{", '{"book": "", "orders": {"x": [[1]]}}'):
            client.xadd(ORDERS_STREAM, {"text": text}, maxlen=MESSAGES_KEPT, approximate=False)
            client.publish(f"{CHANNEL}{book}", text)
        client.xadd(ORDERS_STREAM, {"other": "\xff"}, maxlen=MESSAGES_KEPT, approximate=False)
        client.close()
        change(mine, 1)
        first = next(my)
        assert _told(first) == [
            {
                "id": opaque_id("ord", order),
                "book": opaque_id("bok", book),
                "state": "open",
                "open_lots": 4,
                "filled_lots": 1,
            }
        ]
        # What is told next to others would come after mine: it is the first they hear.
        change(others, 2)
        assert [row["filled_lots"] for row in _told(next(their))] == [2]
        _tell(book, version=2, price=61)
        assert next(all_see)["event"] == "picture"
        change(mine, 3)
        second = next(my)
        assert int(second["id"]) > int(first["id"])
    change(mine, 4)
    for came_back in (
        _listen(_own_address(address, mine), **{"last-event-id": second["id"]}),
        _listen(f"{_own_address(address, mine)}?last-event-id={second['id']}"),
    ):
        with came_back as stream:
            assert [row["filled_lots"] for row in _told(_next(_events(stream), "orders"))] == [4]


def test_a_ticket_to_ones_own_orders_ends(address: str) -> None:
    assert httpx.get(_own_address(address, uuid.uuid4(), seconds=-1)).status_code == 403


def test_without_redis_nothing_is_live_and_a_picture_makes_it_live_again() -> None:
    book = uuid.uuid4()

    async def watched() -> None:
        hub = Hub()
        with override_settings(REDIS_URL=f"redis://127.0.0.1:{free_port()}/0"):
            room = await hub.enter(book)
            await asyncio.sleep(0.05)
            assert room.is_stale
            await hub.stop()
        woken = asyncio.Event()
        room.watchers.add(woken)
        hub._take(f"{CHANNEL}{book}", json.dumps({"version": 4}))
        assert (room.is_stale, room.version, woken.is_set()) == (False, 4, True)
        hub._turn_stale(silent_since=time.monotonic() - 1)
        assert not room.is_stale
        hub._take(f"{CHANNEL}{book}", json.dumps({"version": 2}))
        assert room.version == 4
        hub._turn_stale(silent_since=time.monotonic() + 1)
        assert room.is_stale
        hub._take(f"{CHANNEL}{book}", json.dumps({"version": 2}))
        assert (room.is_stale, room.version) == (False, 2)

    asyncio.run(watched())
