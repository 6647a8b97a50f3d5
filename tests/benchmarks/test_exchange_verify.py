"""Verifying a book in a process of its own: time and memory by the length of its log.

VERIFY_EVENTS (25000,100000) are the lengths. The orders mostly meet somebody, so that few are open:
those are what is kept.
"""

import os
import random
import subprocess
import sys
import time
from pathlib import Path

import pytest

from config.embedded.session import CHECKOUT
from exchange.matching.operations import book_batch, release_book, take_book
from exchange.orders.models import Book, Order
from tests import servers
from tests.benchmarks import market
from tests.benchmarks.books import require_a_durable_server
from tests.given import NOW
from wallet.holders.rules import opaque_id

pytestmark = pytest.mark.own_database
LENGTHS = [int(each) for each in os.environ.get("VERIFY_EVENTS", "25000,100000").split(",")]
LOOK_SECONDS = 0.05


def test_a_longer_log_takes_as_much_longer_and_no_more_memory(
    own_database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    require_a_durable_server()
    monkeypatch.setattr(market, "SPREAD_COINS", 0)
    one, chance, events = market.a_market(), random.Random(3), 0
    for length in LENGTHS:
        market.accept(one, orders=length - events, chance=chance)
        events = length
        _write(one.book)
        seconds, peak_mb = _verified(one.book, database=own_database)
        left = Order.objects.filter(book=one.book, ended_at=None).count()
        print(  # noqa: T201
            f"\n  {length:,} events, {left} orders open: {seconds:.1f} s,"
            f" {seconds / length * 1e6:.0f} µs an event, {peak_mb} MB at most"
        )


def _write(book: Book) -> None:
    memory = take_book(book_id=book.pk, now=NOW)
    assert memory is not None
    while book_batch(memory=memory, now=NOW) is not None:
        pass
    release_book(memory)


def _verified(book: Book, *, database: str) -> tuple[float, int]:
    """Run the command; return its seconds, and the most memory it had at once (MB)."""
    environment = {
        **os.environ,
        "DATABASE_URL": servers.application_url(database=database),
        "DJANGO_SETTINGS_MODULE": "config.settings",
    }
    command = [sys.executable, "manage.py", "exchange_verify", opaque_id("bok", book.pk)]
    begun, peak = time.perf_counter(), 0
    with subprocess.Popen(
        command, cwd=CHECKOUT, env=environment, stdout=subprocess.DEVNULL
    ) as process:
        while process.poll() is None:
            peak = max(peak, _peak_mb(process.pid))
            time.sleep(LOOK_SECONDS)
    assert process.returncode == 0
    return time.perf_counter() - begun, peak


def _peak_mb(pid: int) -> int:
    """Return the most memory a process had; what a parent had is not counted to it here."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) // 1024
    return 0
