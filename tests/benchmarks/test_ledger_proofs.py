"""Entries proved and sealed a second, beside what one pass over the same rows costs."""

import random
import time
from collections.abc import Callable
from datetime import datetime
from statistics import median
from uuid import UUID

import pytest
from django.db import connection, connections

from ledger.models import Entry
from ledger.operations import open_months, post_batch
from ledger.proofs.queries import findings
from ledger.rules import COIN, Leg, Posting, merged, move
from ledger.seals.operations import append_committed, seal_committed
from tests.benchmarks.books import size

BATCHES, BATCH = 40, size(measured=5_000, tried=50)  # transactions
HOLDERS = size(measured=20_000, tried=200)
ROUNDS = 3
RAW = "SELECT account_id, sum(amount) FROM public.ledger_entry GROUP BY account_id"


def legs(chance: random.Random, holder: str) -> tuple[Leg, ...]:
    """Return two legs, or the four of a purchase of data."""
    coins = move(
        asset=COIN, amount=chance.randint(50, 500), source="issuer/CT", target=f"{holder}/main"
    )
    if chance.random() < 0.7:
        return merged(coins)
    data = move(asset="DATA-CT-2026-11", amount=5, source="system/sold", target=f"{holder}/main")
    return merged((*coins, *data))


def timed(act: Callable[[], object]) -> float:
    """Return how many seconds something takes."""
    begun = time.perf_counter()
    act()
    return time.perf_counter() - begun


def raw_pass() -> None:
    """Sum all entries by account: one scan, one hash table."""
    with connection.cursor() as cursor:
        cursor.execute(RAW)
        cursor.fetchall()


@pytest.mark.own_database
@pytest.mark.quiet
def test_entries_a_second(own_database: str, now: datetime) -> None:
    open_months(now=now)
    chance = random.Random(1)
    holders = [f"holder/{UUID(int=chance.getrandbits(128))}" for _ in range(HOLDERS)]
    posting, sealing = [], []
    for _ in range(BATCHES):
        batch = [
            Posting(
                id=UUID(int=chance.getrandbits(128)),
                actor="test",
                kind="correction",
                at=now,
                legs=legs(chance, chance.choice(holders)),
                metadata={"gift": str(UUID(int=chance.getrandbits(128)))},
            )
            for _ in range(BATCH)
        ]
        posting.append(timed(lambda batch=batch: post_batch(batch)))  # type: ignore[misc]
        sealing.append(timed(append_committed))
    seal_committed(now=now)
    with connections["owner"].cursor() as cursor:
        cursor.execute("ANALYZE ledger_entry, ledger_transaction, ledger_account, ledger_seal_leaf")
    entries = Entry.objects.count()
    raw, proved = [], []
    for _ in range(ROUNDS):
        raw.append(timed(raw_pass))
        found: list[object] = []
        proved.append(timed(lambda found=found: found.extend(findings(jobs=2))))  # type: ignore[misc]
    print(f"\n{entries:,} entries in {BATCHES * BATCH:,} transactions")  # noqa: T201
    for name, seconds in (
        ("posted in batches", median(posting) * BATCHES),
        ("sealed", median(sealing) * BATCHES),
        ("ledger_check, all proofs", median(proved)),
        ("raw: one sum of all entries", median(raw)),
    ):
        print(f"{name}: {entries / seconds:,.0f} entries/s")  # noqa: T201
    print(f"sealing ÷ posting: {median(posting) / median(sealing):.2f}")  # noqa: T201
    print(f"ledger_check ÷ raw: {median(raw) / median(proved):.3f}")  # noqa: T201
    for finding in findings(jobs=2):
        print(f"  {finding.name}: {finding.milliseconds} ms")  # noqa: T201
