"""A ledger with many accounts to post between, and what measures it."""

import os
import statistics
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest
from django.db import connection

from ledger.operations import open_months, post_batch
from ledger.rules import Leg, Posting
from tests.ledger.worlds import ISSUER, coins

ACCOUNTS = 100_000
FUNDS_EACH = 1_000_000
CAMPAIGN = f"campaign/{UUID(int=1)}/budget"
ROUNDS = int(os.environ.get("BENCH_ROUNDS", "3"))
SECONDS = int(os.environ.get("BENCH_SECONDS", "5"))


def size(*, measured: int, tried: int) -> int:
    """Return how many: all where we measure, few where `make test` sees that the benchmark runs."""
    return measured if os.environ.get("TEST_DURABLE") == "on" else tried


def address_of(place: int) -> str:
    """Return the address of the holder at a place, 1 to ACCOUNTS."""
    return f"holder/00000000-0000-8000-8000-{place:012d}/main"


def a_transfer(*legs: Leg, at: datetime) -> Posting:
    """Return a posting as the wallet makes them."""
    return Posting(
        id=uuid4(), kind="gift_send", at=at, actor="bench", metadata={"gift": "x"}, legs=legs
    )


def a_big_ledger() -> datetime:
    """Give every holder and a campaign coins; return the instant that postings may be at."""
    require_a_durable_server()
    now = datetime.now(tz=UTC)
    open_months(now=now)
    for first in range(1, ACCOUNTS, 5_000):
        post_batch(
            [
                a_transfer(*coins(FUNDS_EACH, ISSUER, address_of(place)), at=now)
                for place in range(first, first + 5_000)
            ]
        )
    post_batch([a_transfer(*coins(10**12, ISSUER, CAMPAIGN), at=now)])
    return now


def require_a_durable_server() -> None:
    """Skip where commits do not wait for the disk: what is measured would mean nothing."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('fsync'), current_setting('synchronous_commit')")
        if cursor.fetchone() != ("on", "on"):
            pytest.skip("The server is not durable: run make bench-ledger, beside no tests.")


def interleaved(measures: Mapping[str, Callable[[], float]]) -> dict[str, list[float]]:
    """Take each measure in turn, ROUNDS times, and return what each gave."""
    taken: dict[str, list[float]] = {name: [] for name in measures}
    for _ in range(ROUNDS):
        for name, measure in measures.items():
            taken[name].append(measure())
    return taken


def told(taken: Mapping[str, list[float]], *, unit: str, ratios: Mapping[str, str]) -> str:
    """Say the medians, and the ratios of medians: numerator to denominator."""
    middle = {name: statistics.median(values) for name, values in taken.items()}
    lines = [
        f"  {name}: {middle[name]:,.0f} {unit} ({', '.join(f'{one:,.0f}' for one in values)})"
        for name, values in taken.items()
    ]
    lines += [f"  {top} / {base}: {middle[top] / middle[base]:.2f}" for top, base in ratios.items()]
    return "\n" + "\n".join(lines)
