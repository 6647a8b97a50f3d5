"""What a book shows is computed once a batch, however many look."""

import uuid
from datetime import datetime

import pytest

from exchange.market.live import rooms
from exchange.market.live.rooms import Room
from exchange.market.live.tickets import JSON_FORM
from exchange.market.queries import books as computing
from exchange.market.rules import Snapshot
from exchange.orders.models import Book
from tests.given import NOW, a_book, a_trader, an_order, client_of
from tests.given_market import drained
from wallet.holders.rules import opaque_id


@pytest.mark.django_db
def test_whoever_looks_is_shown_what_was_computed_for_the_first(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)
    computed: list[int] = []
    compute = computing._snapshot

    def counted(book: Book, *, minute: datetime) -> Snapshot:
        computed.append(book.cursor)
        return compute(book, minute=minute)

    monkeypatch.setattr(computing, "_snapshot", counted)
    book, clients = a_book(), [client_of(a_trader(coins=1_000)) for _ in range(2)]
    name = opaque_id("bok", book.pk)
    for _ in range(2):
        computed.clear()
        an_order(a_trader(coins=1_000), book, "B", 60, 1)
        batch = drained(book).cursor
        for client in clients:
            for path in (f"api/v1/books/{name}/snapshot", f"api/v1/books/{name}/ticker", "market/"):
                assert client.get(f"/{path}").status_code == 200
        assert computed == [batch]


def test_those_who_watch_one_form_are_sent_one_frame(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn: list[str] = []

    def parts(_shown: object, *, form: str) -> dict[str, str]:
        drawn.append(form)
        return {"now": form}

    monkeypatch.setattr(rooms, "parts_of", parts)
    monkeypatch.setattr(rooms, "snapshot_in", lambda _read: None)
    room = Room(book=opaque_id("bok", uuid.uuid4()))
    for version in (1, 2):
        drawn.clear()
        room.take(version=version, text="{}", at=0.0)
        for form in ("full.en", "full.zh-hans"):
            frames = [room.frame(form=form, since=since) for since in (0, 0, version - 1)]
            assert frames[0] is frames[1]
        assert room.frame(form=JSON_FORM, since=0) is room.frame(form=JSON_FORM, since=0)
        assert drawn == ["full.en", "full.zh-hans"]
