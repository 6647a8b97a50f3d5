"""Run the proofs and say what each found."""

import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, closing
from dataclasses import dataclass
from itertools import pairwise
from queue import SimpleQueue
from typing import Any
from uuid import UUID

import psycopg
from django.db import connection, transaction

from ledger.proofs.models import ProofRun
from ledger.registry import Proof, proofs

SLICES = 4  # of a sliced proof: each sorts its own part of the books
IDS = 1 << 128
# Sorts of a few hundred thousand entries stay in memory; larger ones go to disk.
SETTINGS = ("SET LOCAL work_mem = '64MB'", "SET LOCAL jit = off")
ONE_PROCESS = "SET LOCAL max_parallel_workers_per_gather = 0"  # there is one a job already
Row = tuple[int, int, str | None]
Slice = Mapping[str, UUID]
Sessions = SimpleQueue[psycopg.Connection[Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What one proof examined, how much of it is broken, the first broken thing, and the time taken."""

    name: str
    title: str
    examined: int
    broken: int
    first_broken: str
    milliseconds: int

    @property
    def is_clean(self) -> bool:
        """Tell whether nothing was found broken."""
        return self.broken == 0


def findings(*, jobs: int = 1) -> Iterator[Finding]:
    """Run every proof and yield what each found, in the order they were registered.

    Several jobs run on connections of their own, at one snapshot of the books; within a
    database transaction, whose changes those would not see, there is only one.
    """
    if jobs == 1 or connection.in_atomic_block:
        for proof in proofs():
            yield finding_of(proof)
    else:
        yield from _found_together(jobs=jobs)


def finding_of(proof: Proof) -> Finding:
    """Run one proof."""
    begun = time.monotonic()
    rows = [_examined(proof)] if proof.examine else _rows_of(proof)
    return _finding(proof, rows=rows, seconds=time.monotonic() - begun)


def latest_run() -> ProofRun | None:
    """Return the last run of the proofs that was kept."""
    return ProofRun.objects.first()


def _examined(proof: Proof) -> Row:
    assert proof.examine is not None
    return proof.examine()


def _rows_of(proof: Proof) -> list[Row]:
    with transaction.atomic(), connection.cursor() as cursor:
        for setting in SETTINGS:
            cursor.execute(setting)
        cursor.execute(_text(proof), _slices(1)[0] if proof.sliced else None)
        return [cursor.fetchone()]


def _found_together(*, jobs: int) -> Iterator[Finding]:
    with ExitStack() as owned:
        sessions: Sessions = SimpleQueue()
        snapshot = _begun(owned.enter_context(closing(_new_session())))
        for _ in range(jobs):
            session = owned.enter_context(closing(_new_session()))
            _begun(session, snapshot=snapshot)
            sessions.put(session)
        pool = ThreadPoolExecutor(jobs)
        owned.callback(pool.shutdown, cancel_futures=True)
        asked = {proof.name: _asked(proof, pool=pool, sessions=sessions) for proof in proofs()}
        for proof in proofs():
            if proof.examine:
                yield finding_of(proof)
                continue
            answers = [future.result() for future in asked[proof.name]]
            seconds = sum(took for _, took in answers)
            yield _finding(proof, rows=[row for row, _ in answers], seconds=seconds)


def _asked(
    proof: Proof, *, pool: ThreadPoolExecutor, sessions: Sessions
) -> list[Future[tuple[Row, float]]]:
    if proof.sql is None:
        return []
    parts: Sequence[Slice | None] = _slices(SLICES) if proof.sliced else [None]
    return [pool.submit(_row_and_time, _text(proof), part, sessions) for part in parts]


def _row_and_time(text: str, part: Slice | None, sessions: Sessions) -> tuple[Row, float]:
    session = sessions.get()
    begun = time.monotonic()
    try:
        row = session.execute(text.encode(), part).fetchone()
    finally:
        sessions.put(session)
    assert row is not None
    return row, time.monotonic() - begun


def _new_session() -> psycopg.Connection[Any]:
    """Return a connection of our own to the same database, as the same role."""
    return psycopg.connect(**connection.get_connection_params())


def _begun(session: psycopg.Connection[Any], *, snapshot: str = "") -> str:
    """Begin a transaction that sees the books at a snapshot, or at one of its own, and return it."""
    session.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
    if snapshot:
        session.execute("SET TRANSACTION SNAPSHOT %s", [snapshot])
        for setting in (*SETTINGS, ONE_PROCESS):
            session.execute(setting.encode())
        return snapshot
    row = session.execute("SELECT pg_export_snapshot()").fetchone()
    assert row is not None
    return str(row[0])


def _slices(count: int) -> list[Slice]:
    """Cut the ids of transactions into equal parts."""
    ends = [IDS * place // count for place in range(count + 1)]
    return [{"first": UUID(int=first), "last": UUID(int=end - 1)} for first, end in pairwise(ends)]


def _text(proof: Proof) -> str:
    assert proof.sql is not None
    return proof.sql.read_text()


def _finding(proof: Proof, *, rows: Sequence[Row], seconds: float) -> Finding:
    return Finding(
        name=proof.name,
        title=proof.title,
        examined=sum(examined for examined, _, _ in rows),
        broken=sum(broken for _, broken, _ in rows),
        first_broken=next((first for _, _, first in rows if first), ""),
        milliseconds=round(seconds * 1000),
    )
