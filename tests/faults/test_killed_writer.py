"""A book's writer is killed -9 amid its batches: what it had not committed is booked by the next.

`make kill-writer` kills it 50 times.
"""

import os
import random
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from itertools import count
from multiprocessing import get_context
from uuid import UUID

import psycopg
import pytest

from exchange.matching.operations import (
    book_batch,
    bounds,
    drain_book,
    take_book,
    verify_book,
    writer,
)
from exchange.orders.models import Book, Event, Trade, Turn
from exchange.orders.rules import order_address
from ledger.models import Transaction
from ledger.rules import COIN, account_id
from tests import servers
from tests.exchange.proofs import assert_market_is_clean
from tests.forks import leave_no_connection
from tests.given import NOW, a_book, a_line, a_trader, an_order
from tests.given_market import a_buy
from tests.waiting import until_all_left, until_one_waits

pytestmark = pytest.mark.own_database

KILLS = int(os.environ.get("WRITER_KILLS", "3"))
ORDERS_A_LIFE = 6
# A dead writer's lease must end before the next one begins.
LEASE = timedelta(seconds=16)


@pytest.fixture(autouse=True)
def _bounds_raised(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let writers read from where nothing can come any more after each batch."""
    monkeypatch.setattr(bounds, "NOTE_IDS_MIN", 1)


def _work(book_id: UUID, now: datetime) -> None:
    """Write a book's batches until killed."""
    memory = take_book(book_id=book_id, now=now)
    assert memory is not None
    while True:
        if book_batch(memory=memory, now=now) is None:
            time.sleep(0.001)


@contextmanager
def _a_writer(book_id: UUID, *, now: datetime) -> Iterator[None]:
    """Run a writer in a process of its own, which is killed at the end of the block."""
    leave_no_connection()
    writer = get_context("fork").Process(target=_work, args=(book_id, now))
    writer.start()
    try:
        yield
    finally:
        assert writer.pid is not None
        os.kill(writer.pid, signal.SIGKILL)
        writer.join()
    assert writer.exitcode == -signal.SIGKILL


def _assert_booked_once(book: Book, *, events: int) -> None:
    numbers = Turn.objects.filter(book=book).order_by("number").values_list("number", flat=True)
    assert list(numbers) == list(range(1, events + 1))
    assert Trade.objects.exists()
    assert Transaction.objects.filter(kind="trade").count() == Trade.objects.count()
    assert verify_book(book.pk).shown == []
    assert_market_is_clean()


@pytest.mark.parametrize(
    ("most", "at_once", "kept"),
    [
        (500, False, 3),
        # The last order is matched ahead while the one before it is being booked.
        (1, False, 2),
        # With deliveries a batch takes several statements: what was not committed is lost.
        (500, True, 0),
        (1, True, 1),
    ],
)
def test_killed_while_the_database_books(
    own_database: str, monkeypatch: pytest.MonkeyPatch, most: int, at_once: bool, kept: int
) -> None:
    monkeypatch.setattr(writer, "BATCH_EVENTS_MAX", most)
    book, seller, buyer = a_book(), a_trader(), a_trader(coins=1_000)
    an_order(seller, book, "S", 80, 2, line=a_line(seller, surplus_mb=200))
    buy = a_buy(buyer, book, 80, 1, deliver_at_once=at_once)
    an_order(buyer, book, "B", 80, 1)
    before = Event.objects.filter(book=book).count()
    held = account_id(address=order_address(buy.pk), asset=COIN)
    with psycopg.connect(servers.server_url(database=own_database)) as owner:
        # The call waits for this balance when everything else of it is written.
        owner.execute(
            "SELECT FROM public.ledger_balance_row WHERE account_id = %s FOR UPDATE", [held]
        )
        with _a_writer(book.pk, now=NOW):
            until_one_waits(database=own_database)
        owner.rollback()
    # A call the database has in hand comes to its end all the same: only then is it seen.
    until_all_left(database=own_database)
    # The lease is the dead writer's.
    assert drain_book(book_id=book.pk, now=NOW) == 0
    book.refresh_from_db()
    assert book.cursor == kept
    assert drain_book(book_id=book.pk, now=NOW + LEASE) == before - kept
    _assert_booked_once(book, events=before)


def test_killed_again_and_again_under_load() -> None:
    chance, lives = random.Random(1), count()
    book, sellers = a_book(), [a_trader() for _ in range(2)]
    lines = [a_line(seller, surplus_mb=10_000) for seller in sellers]
    buyers = [a_trader(coins=1_000_000) for _ in range(2)]
    for life in range(KILLS):
        with _a_writer(book.pk, now=NOW + LEASE * next(lives)):
            for _ in range(ORDERS_A_LIFE):
                who, price = chance.randrange(2), chance.randint(48, 52)
                if life == 0 or chance.random() < 0.5:
                    an_order(buyers[who], book, "B", price, chance.randint(1, 3))
                else:
                    an_order(sellers[who], book, "S", 50, 1, line=lines[who])
            time.sleep(chance.random() * 0.03)
    drain_book(book_id=book.pk, now=NOW + LEASE * next(lives))
    _assert_booked_once(book, events=Event.objects.filter(book=book).count())
