"""A book's picture is told in Redis once a version, and again when Redis forgot it."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from uuid import UUID

import pytest
import redis
from django.conf import settings
from django.utils import timezone

from exchange.market import tasks
from exchange.market.models import Candle, Tape
from exchange.market.operations import Picture, draw_picture
from exchange.market.queries import books_to_tell
from exchange.matching import tasks as matching
from exchange.matching.operations import Memory, book_batch
from exchange.orders.models import Book
from ledger.rules import month_of
from tests.exchange.market.listening import Listener, listening
from tests.given import NOW, a_book, a_trader
from tests.given_market import a_buy, an_offer, drained

pytestmark = pytest.mark.django_db


@pytest.fixture
def book() -> Book:
    now = timezone.now()
    return a_book(month=month_of(now), now=now)


@pytest.fixture
def told(book: Book) -> Iterator[Listener]:
    """Listen to what is told of the book."""
    with listening(book) as listener:
        yield listener


def test_a_picture_is_told_once_and_again_when_it_was_lost(
    book: Book, told: Listener, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = timezone.now()
    monkeypatch.setattr("django.utils.timezone.now", lambda: now)
    tasks.tell_books()
    tasks.tell_book(str(book.pk))
    assert told.versions() == [1]
    redis.Redis.from_url(settings.REDIS_URL).delete(f"{tasks.CHANNEL}{book.pk}")
    tasks.tell_books()
    assert told.versions() == [1]
    matching.run_writer(book=str(an_offer(book, 60, 1, now=timezone.now()).book_id))
    tasks.tell_book(str(book.pk))
    assert told.versions() == [2]


def test_a_picture_is_not_told_after_a_later_one(book: Book, told: Listener) -> None:
    now = timezone.now()
    drawn = [draw_picture(book=book, now=now + timedelta(minutes=place)) for place in range(2)]
    first, later = (one for one in drawn if one is not None)
    for picture in (later, first, later):
        tasks.tell_picture(picture)
    assert told.versions() == [later.version]
    # A database restored from a copy made before it was drawn.
    Tape.objects.filter(book=book).update(version=first.version)
    tasks.tell_picture(first)
    assert told.versions() == [first.version]


def test_a_picture_is_told_once_by_two_who_tell_it_at_once(
    book: Book, told: Listener, monkeypatch: pytest.MonkeyPatch
) -> None:
    picture, is_known, asked = draw_picture(book=book, now=timezone.now()), tasks._is_known, []
    assert picture is not None

    def meanwhile(one: Picture, *, kept: bytes | None) -> bool:
        found = is_known(one, kept=kept)
        asked.append(found)
        if len(asked) == 1:
            tasks.tell_picture(picture)
        return found

    monkeypatch.setattr(tasks, "_is_known", meanwhile)
    tasks.tell_picture(picture)
    assert asked == [False, False, True]
    assert told.versions() == [picture.version]


def test_a_month_that_is_over_is_followed_to_its_last_trade_and_left_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    old, later = a_book(), NOW + timedelta(days=62)
    an_offer(old, 60, 1)
    a_buy(a_trader(coins=1_000), old, 60, 1)
    drained(old)
    monkeypatch.setattr("django.utils.timezone.now", lambda: later)
    assert list(books_to_tell(now=later)) == [old]
    tasks.tell_books()
    assert Candle.objects.filter(book=old, span="1d", lots=1).exists()
    assert list(books_to_tell(now=later)) == []


def test_without_redis_nothing_is_told_and_nothing_breaks(
    book: Book, monkeypatch: pytest.MonkeyPatch
) -> None:
    away = redis.Redis(port=1, socket_connect_timeout=1)
    monkeypatch.setattr(tasks, "_redis", lambda: away)
    tasks.tell_book(str(book.pk))


class _Clock:
    """A clock that goes on by a hundredth of a second whenever it is read."""

    def __init__(self) -> None:
        self.at = 0.0

    def monotonic(self) -> float:
        self.at += 0.01
        return self.at

    def sleep(self, seconds: float) -> None:
        self.at += seconds


def test_a_writer_nudges_once_for_many_batches(book: Book, monkeypatch: pytest.MonkeyPatch) -> None:
    nudged: list[UUID] = []
    monkeypatch.setattr(matching, "_followers", [lambda told, _changed: nudged.append(told)])
    monkeypatch.setattr(matching, "time", _Clock())
    for price in (60, 61, 62):
        an_offer(book, price, 1, now=timezone.now())
    monkeypatch.setattr("exchange.matching.operations.writer.BATCH_EVENTS_MAX", 1)
    sizes: list[int | None] = []

    def counted(*, memory: Memory, now: datetime) -> int | None:
        sizes.append(book_batch(memory=memory, now=now))
        return sizes[-1]

    monkeypatch.setattr(matching, "book_batch", counted)
    assert matching.run_writer(book=str(book.pk)) == 3
    assert sizes[:3] == [1, 1, 1]
    assert nudged == [book.pk, book.pk]  # after the first batch, and when the log was empty
