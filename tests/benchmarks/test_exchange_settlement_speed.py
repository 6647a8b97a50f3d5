"""Settling a month of sellers, beside the raw limit; ten times the sellers; memory.

Raw is the same rows (those of the stages, and the closing balances) by COPY into the same indexed
tables, and one UPDATE of the touched balances.
SETTLE_HOLDERS (100,000) is the larger of the two sizes measured.
"""

import os
import resource
import time
from datetime import date, datetime, timedelta
from multiprocessing import get_context
from uuid import uuid4

import psycopg
import pytest
from django.db import connections

from ledger.models import Transaction
from ledger.months.models import ClosePart
from ledger.months.operations import begin_close, run_next_part
from ledger.operations import open_months, post_batch
from ledger.rules import COIN, Posting, month_after, month_name, move, starts_at
from tests import servers
from tests.benchmarks.books import require_a_durable_server
from tests.databases import own_copy
from tests.given import MONTH, NOW
from wallet.holders.models import Holder

pytestmark = pytest.mark.own_database
HOLDERS = int(os.environ.get("SETTLE_HOLDERS", "100000"))
CLOSES_AT = starts_at(month_after(MONTH)) + timedelta(minutes=30)
CHUNK = 5_000
TRANSACTION_COLUMNS = "id, kind, month, at, actor, metadata, reverses, legs_hash, epoch"
ENTRY_COLUMNS = "month, account_id, transaction_id, amount, version, balance_after"
TRANSACTIONS = (
    "SELECT id, kind, month, at, actor, metadata, reverses, legs_hash, epoch"
    " FROM ledger_transaction WHERE kind = 'proceeds'"
)
ENTRIES = (
    "SELECT e.month, e.account_id, e.transaction_id, e.amount, e.version, e.balance_after"
    " FROM ledger_entry e JOIN ledger_transaction t ON t.id = e.transaction_id"
    " WHERE t.kind = 'proceeds'"
)
ACCOUNTS = (
    "SELECT a.* FROM ledger_account a WHERE a.id IN (SELECT e.account_id FROM ledger_entry e"
    " JOIN ledger_transaction t ON t.id = e.transaction_id WHERE t.kind = 'proceeds')"
    " AND a.address LIKE '%/main'"
)
BALANCES = (
    "SELECT b.* FROM ledger_balance_row b JOIN ledger_account a ON a.id = b.account_id"
    " WHERE a.address LIKE 'holder/%/main'"
)
CLOSING = "SELECT month, account_id, balance FROM ledger_closingbalance"
UPDATE = (
    "UPDATE ledger_balance_row b SET balance = b.balance + m.amount, version = b.version + 1"
    " FROM (SELECT e.account_id, sum(e.amount) AS amount FROM ledger_entry e"
    " JOIN ledger_transaction t ON t.id = e.transaction_id WHERE t.kind = 'proceeds'"
    " AND e.amount < 0 GROUP BY 1) AS m WHERE m.account_id = b.account_id"
)


def sellers(count: int, *, month: date, now: datetime) -> None:
    """Let this many holders have proceeds of a month."""
    for first in range(0, count, CHUNK):
        ids = [uuid4() for _ in range(min(CHUNK, count - first))]
        Holder.objects.bulk_create(
            Holder(pk=each, kind="organisation", name="seller", opened_at=now) for each in ids
        )
        post_batch(
            [
                Posting(
                    id=uuid4(),
                    kind="correction",
                    at=now,
                    actor="bench",
                    legs=move(
                        asset=COIN,
                        amount=100,
                        source="system/expired",
                        target=f"holder/{each}/proceeds/{month_name(month)}",
                    ),
                )
                for each in ids
            ]
        )


def settled(pipe: "object") -> None:
    """Run every part of the close but its proofs and seal, and tell seconds and peak memory."""
    close = begin_close(month=MONTH, now=CLOSES_AT)
    begun = time.perf_counter()
    while run_next_part(close=close, now=CLOSES_AT):
        pass
    took = time.perf_counter() - begun
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    connections.close_all()
    pipe.send((took, peak))  # type: ignore[attr-defined]


def in_a_process() -> tuple[float, int]:
    """Settle in a process of its own, so that its memory is its own."""
    connections.close_all()
    here, there = get_context("fork").Pipe()
    child = get_context("fork").Process(target=settled, args=(there,))
    child.start()
    took, peak = here.recv()
    child.join()
    return took, peak


def rows_posted(database: str) -> list[tuple[str, bytes]]:
    """Return what the proceeds stage wrote, ready to be copied."""
    found = []
    with psycopg.connect(servers.server_url(database=database)) as owner:
        for table, query in (
            ("ledger_account", ACCOUNTS),
            ("ledger_balance_row", BALANCES),
            (f"ledger_transaction ({TRANSACTION_COLUMNS})", TRANSACTIONS),
            (f"ledger_entry ({ENTRY_COLUMNS})", ENTRIES),
            ("ledger_closingbalance (month, account_id, balance)", CLOSING),
        ):
            with owner.cursor().copy(f"COPY ({query}) TO STDOUT (FORMAT binary)".encode()) as copy:
                found.append((table, b"".join(bytes(block) for block in copy)))
    return found


def raw_seconds(database: str, rows: list[tuple[str, bytes]]) -> float:
    """Copy the same rows into a copy of the books, and update the balances they touch."""
    with psycopg.connect(servers.server_url(database=database)) as owner, owner.cursor() as cursor:
        begun = time.perf_counter()
        for table, payload in rows:
            with cursor.copy(f"COPY {table} FROM STDIN (FORMAT binary)".encode()) as copy:
                copy.write(payload)
        cursor.execute(UPDATE)
        owner.commit()
        return time.perf_counter() - begun


def test_settlement(own_database: str) -> None:
    require_a_durable_server()
    open_months(now=NOW)
    told = []
    seconds: dict[int, float] = {}
    peaks: dict[int, int] = {}
    done = 0
    for count in (HOLDERS // 10, HOLDERS):
        sellers(count - done, month=MONTH, now=NOW)
        done = count
        connections.close_all()
        with own_copy(template=own_database) as closed:
            seconds[count], peaks[count] = in_a_process()
            posted = Transaction.objects.filter(kind="proceeds").count()
            assert posted == count
            stage = ClosePart.objects.filter(stage="proceeds")
            proceeds = sum(part.milliseconds or 0 for part in stage) / 1000
            rows = rows_posted(closed)
            connections.close_all()
        with own_copy(template=own_database) as untouched:
            connections.close_all()
            raw = raw_seconds(untouched, rows)
        told.append(
            f"  {count:,} sellers: settled in {seconds[count]:.1f} s (of it paying"
            f" {proceeds:.1f} s), raw {raw:.1f} s, {seconds[count] / raw:.2f} x raw;"
            f" peak memory {peaks[count]} MB"
        )
    small, large = seconds
    told.append(f"  10 x the sellers: {seconds[large] / seconds[small]:.1f} x the time")
    print("\n" + "\n".join(told))  # noqa: T201
