"""Settling a month of sellers, beside the raw limit; ten times the sellers; memory.

Raw is the same rows (those of the stages, and the closing balances) by COPY into the same indexed
tables, and one UPDATE of the touched balances.
SETTLE_HOLDERS (100,000) is the larger of the two sizes measured: sellers whose first coins these
are, so that each opens an account; and as many who had coins before, as most have. The server runs
with deploy/postgresql.conf, its shares of memory taken of this machine: under the raw limit as well.

Settled as the doors do it: by SETTLE_WORKERS processes from the beginning, forked from one that has
everything loaded, as a worker of Celery forks its own. One worker alone stands beside it. Raw is one
connection in both, as it always was.
"""

import os
import resource
import time
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from multiprocessing import get_context
from multiprocessing.connection import Connection
from uuid import uuid4

import psycopg
import pytest
from django.conf import settings
from django.db import connection, connections
from django.db.backends.utils import CursorWrapper

from ledger.models import Transaction
from ledger.months.models import Close
from ledger.months.operations import begin_close, help_close
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
OPENED = (
    "a.address LIKE 'holder/%/main' AND a.opened_at ="
    " (SELECT min(t.at) FROM ledger_transaction t WHERE t.kind = 'proceeds')"
)
ACCOUNTS = f"SELECT a.* FROM ledger_account a WHERE {OPENED}"
BALANCES = (
    "SELECT b.* FROM ledger_balance_row b JOIN ledger_account a ON a.id = b.account_id"
    f" WHERE {OPENED}"
)
CLOSING = "SELECT month, account_id, balance FROM ledger_closingbalance"
UPDATE = (
    "UPDATE ledger_balance_row b SET balance = b.balance + m.amount, version = b.version + 1"
    " FROM (SELECT e.account_id, sum(e.amount) AS amount FROM ledger_entry e"
    " JOIN ledger_transaction t ON t.id = e.transaction_id WHERE t.kind = 'proceeds'"
    " {which} GROUP BY 1) AS m WHERE m.account_id = b.account_id"
)
# The balances of accounts just opened are copied as they end up; only the purses are moved.
OF_NEW, OF_KNOWN = UPDATE.format(which="AND e.amount < 0"), UPDATE.format(which="")


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


def known(*, now: datetime) -> None:
    """Let every seller have coins already."""
    ids = Holder.objects.filter(name="seller").order_by("pk").values_list("pk", flat=True)
    for first in range(0, ids.count(), CHUNK):
        post_batch(
            [
                Posting(
                    id=uuid4(),
                    kind="correction",
                    at=now,
                    actor="bench",
                    legs=move(
                        asset=COIN, amount=1, source="system/expired", target=f"holder/{each}/main"
                    ),
                )
                for each in ids[first : first + CHUNK]
            ]
        )


def settled(pipe: Connection) -> None:
    """Run parts of the close but its proofs and seal until none is left; tell the memory it took."""
    began = _peak_mb()
    help_close(close=Close.objects.get(pk=MONTH), now=CLOSES_AT)
    connections.close_all()
    pipe.send((_peak_mb(), _peak_mb() - began))


def _peak_mb() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def by_workers(workers: int) -> tuple[float, tuple[int, int]]:
    """Settle by processes of their own; return seconds, and the most memory one had and took (MB)."""
    begin_close(month=MONTH, now=CLOSES_AT)
    connections.close_all()
    here, there = get_context("fork").Pipe(duplex=False)
    children = [get_context("fork").Process(target=settled, args=(there,)) for _ in range(workers)]
    begun = time.perf_counter()
    for child in children:
        child.start()
    peaks = [here.recv() for _ in children]
    took = time.perf_counter() - begun
    for child in children:
        child.join()
    return took, max(peaks)


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


def raw_seconds(database: str, rows: list[tuple[str, bytes]], *, update: str) -> float:
    """Copy the same rows into a copy of the books, and update the balances they touch."""
    with psycopg.connect(servers.server_url(database=database)) as owner, owner.cursor() as cursor:
        begun = time.perf_counter()
        for table, payload in rows:
            with cursor.copy(f"COPY {table} FROM STDIN (FORMAT binary)".encode()) as copy:
                copy.write(payload)
        cursor.execute(update)
        owner.commit()
        return time.perf_counter() - begun


@dataclass(frozen=True, kw_only=True)
class Measured:
    """A close of so many sellers: seconds by all workers, by one, and of raw; a worker's memory."""

    together: float
    alone: float
    raw: float
    memory_mb: tuple[int, int]

    def __str__(self) -> str:
        return (
            f"settled in {self.together:.1f} s, {self.together / self.raw:.2f} x raw"
            f" ({self.raw:.1f} s); by one worker {self.alone:.1f} s,"
            f" {self.alone / self.raw:.2f} x raw; a worker's memory at most {self.memory_mb[0]} MB,"
            f" {self.memory_mb[1]} MB more than it was forked with"
        )

    def beside(self, fewer: "Measured") -> str:
        """Say how many times as long it took as one of fewer sellers."""
        times = self.together / fewer.together, self.alone / fewer.alone, self.raw / fewer.raw
        return "{:.1f} x the time, by one worker {:.1f} x, raw {:.1f} x".format(*times)


def measured(*, template: str, sellers: int, update: str) -> Measured:
    """Settle in copies of the books, and copy what was posted into another."""
    connections.close_all()
    with own_copy(template=template):
        alone, _ = by_workers(1)
    with own_copy(template=template) as closed:
        together, memory_mb = by_workers(settings.SETTLE_WORKERS)
        assert Transaction.objects.filter(kind="proceeds").count() == sellers
        rows = rows_posted(closed)
        connections.close_all()
    with own_copy(template=template) as untouched:
        connections.close_all()
        raw = raw_seconds(untouched, rows, update=update)
    return Measured(together=together, alone=alone, raw=raw, memory_mb=memory_mb)


def server_settings() -> str:
    """Say with which settings of size the server runs."""
    names = ["shared_buffers", "max_wal_size", "checkpoint_timeout"]
    with connection.cursor() as cursor:
        return ", ".join(f"{name} {_setting(cursor, name)}" for name in names)


def _setting(cursor: CursorWrapper, name: str) -> str:
    cursor.execute("SELECT current_setting(%s)", [name])
    return str(cursor.fetchone()[0])


def test_settlement(own_database: str) -> None:
    require_a_durable_server()
    open_months(now=NOW)
    new, usual, few = [], [], HOLDERS // 10
    sellers(few, month=MONTH, now=NOW)
    new.append(measured(template=own_database, sellers=few, update=OF_NEW))
    with own_copy(template=own_database) as theirs:
        known(now=NOW)
        usual.append(measured(template=theirs, sellers=few, update=OF_KNOWN))
    sellers(HOLDERS - few, month=MONTH, now=NOW)
    new.append(measured(template=own_database, sellers=HOLDERS, update=OF_NEW))
    known(now=NOW)
    usual.append(measured(template=own_database, sellers=HOLDERS, update=OF_KNOWN))
    lines = [f"The server: {server_settings()}; {settings.SETTLE_WORKERS} workers"]
    for taken, what in ((new, "new sellers"), (usual, "sellers who had coins")):
        lines += [
            f"{count:,} {what}: {one}" for count, one in zip((few, HOLDERS), taken, strict=True)
        ]
        lines.append(f"10 x the sellers: {taken[1].beside(taken[0])}")
    print("\n" + "\n".join(f"  {line}" for line in lines))  # noqa: T201
