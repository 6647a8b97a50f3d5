"""Durable orders and trades a second through one book, beside row locks and beside the ledger.

The ledger's own rate is that of the same postings by post_batch and nothing else; the row-locking
matcher books the same orders by eight clients. BENCH_ORDERS (6,000) is what each measure books.
"""

import os
import random
import statistics
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import psycopg
import pytest
from django.db import connection

from exchange.matching.operations import (
    Memory,
    book_batch,
    release_book,
    take_book,
    writer,
    writing,
)
from exchange.matching.operations.verifying import verify_book
from exchange.orders.models import Book
from ledger.operations import batch_arguments, post_batch
from ledger.rules import Posting
from tests import given, servers
from tests.benchmarks import processor, row_locking
from tests.benchmarks.books import ROUNDS, require_a_durable_server
from tests.benchmarks.market import Market, a_market, accept

pytestmark = pytest.mark.own_database
ORDERS = int(os.environ.get("BENCH_ORDERS", "6000"))
# Events a batch, and the part of the orders that is booked in such batches.
PARTS = {1: 20, 10: 4, 100: 1, 500: 1}


@dataclass(slots=True)
class Booked:
    """What one measure booked: how much of it a second, and the server's processor (ms) for it."""

    orders: float
    trades: float = 0
    entries: float = 0
    server_ms: float = 0


def test_orders_a_second(own_database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    require_a_durable_server()
    chance = random.Random(1)
    market, locked = a_market("CT"), a_market("CU")
    taken: dict[str, list[Booked]] = defaultdict(list)
    for _ in range(ROUNDS + 1):
        for most, part in PARTS.items():
            accept(market, orders=ORDERS // part, chance=chance)
            taken[f"writer, {most} a batch"].append(_written(market, monkeypatch, most=most))
        accept(market, orders=ORDERS, chance=chance)
        taken["post_batch alone"].append(_posted(market, monkeypatch))
        accept(locked, orders=ORDERS // 5, chance=chance)
        with _an_index(own_database):
            taken["row locks, 8 clients"].append(Booked(row_locking.rate(locked.book.pk)))
    for name, values in taken.items():
        print(_told(name, values[1:]))  # the first round opens accounts  # noqa: T201
    print(_ratios(taken))  # noqa: T201
    for one in (market, locked):
        assert verify_book(one.book.pk).shown == []


@contextmanager
def _an_index(database: str) -> Iterator[None]:
    """Let the row-locking matcher have an index that only it wants."""
    with psycopg.connect(servers.server_url(database=database), autocommit=True) as owner:
        owner.execute(row_locking.INDEX)
        yield
        owner.execute(row_locking.NO_INDEX)


def _written(market: Market, monkeypatch: pytest.MonkeyPatch, *, most: int) -> Booked:
    """Let a writer work the log off in batches of so many events."""
    postings: list[Posting] = []

    def counted(some: list[Posting]) -> list[object]:
        postings.extend(some)
        return batch_arguments(some)

    with monkeypatch.context() as patched:
        patched.setattr(writer, "BATCH_EVENTS_MAX", most)
        patched.setattr(writing, "batch_arguments", counted)
        memory = _taken(market.book)
        used, begun = processor.of_server(), time.perf_counter()
        orders = _drain(memory)
        took, used = time.perf_counter() - begun, processor.of_server() - used
        release_book(memory)
    trades = sum(one.kind == "trade" for one in postings)
    entries = sum(len(one.legs) for one in postings)
    return Booked(orders / took, trades / took, entries / took, used / orders * 1000)


def _posted(market: Market, monkeypatch: pytest.MonkeyPatch) -> Booked:
    """Book a log without its postings, then post them in batches as the writer would have."""
    batches: list[list[Posting]] = []

    def left_out(some: list[Posting]) -> list[str | None]:
        batches.append(some)
        return writing._NO_POSTINGS

    with monkeypatch.context() as patched:
        patched.setattr(writing, "batch_arguments", left_out)
        memory = _taken(market.book)
        orders = _drain(memory)
        release_book(memory)
    used, begun = processor.of_server(), time.perf_counter()
    for batch in batches:
        post_batch(batch)
    took, used = time.perf_counter() - begun, processor.of_server() - used
    postings = [one for batch in batches for one in batch]
    trades = sum(one.kind == "trade" for one in postings)
    entries = sum(len(one.legs) for one in postings)
    return Booked(orders / took, trades / took, entries / took, used / orders * 1000)


def _taken(book: Book) -> Memory:
    memory = take_book(book_id=book.pk, now=given.NOW)
    assert memory is not None
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return memory


def _drain(memory: Memory) -> int:
    booked = 0
    while (count := book_batch(memory=memory, now=given.NOW)) is not None:
        booked += count
    return booked


def _told(name: str, values: list[Booked]) -> str:
    every = ", ".join(f"{one.orders:,.0f}" for one in values)
    middle = {
        field: statistics.median(getattr(one, field) for one in values)
        for field in Booked.__slots__
    }
    line = f"  {name}: {middle['orders']:,.0f} orders/s ({every})"
    if middle["entries"]:
        line += (
            f", {middle['trades']:,.0f} trades/s, {middle['entries']:,.0f} entries/s,"
            f" {middle['server_ms']:.3f} ms of the server's processor an order"
        )
    return line


def _ratios(taken: dict[str, list[Booked]]) -> str:
    def middle(name: str, field: str) -> float:
        return float(statistics.median(getattr(one, field) for one in taken[name][1:]))

    best = max(
        (name for name in taken if name.startswith("writer")),
        key=lambda name: middle(name, "orders"),
    )
    own = middle(best, "entries") / middle("post_batch alone", "entries")
    locks = middle(best, "orders") / middle("row locks, 8 clients", "orders")
    return (
        f"  {best} / post_batch alone, entries: {own:.2f}\n"
        f"  {best} / row locks, orders: {locks:.1f}"
    )
