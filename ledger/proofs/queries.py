"""Run the proofs and say what each found."""

import re
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, closing
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from queue import SimpleQueue
from typing import Any
from uuid import UUID

import psycopg
from django.db import connection, transaction
from django.utils.translation import override

from ledger.proofs.models import ProofRun
from ledger.registry import Proof, proofs

IDS = 1 << 128
# Sorts of a few hundred thousand entries stay in memory; larger ones go to disk.
SETTINGS = ("SET LOCAL work_mem = '64MB'", "SET LOCAL jit = off")
ONE_PROCESS = "SET LOCAL max_parallel_workers_per_gather = 0"  # there is one a job already
_PLACE = re.compile(r"{(\w+)}")
Row = tuple[int, int, str | None]
Slice = Mapping[str, UUID]
Sessions = SimpleQueue[psycopg.Connection[Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a file, or a slice of it, answered: its rows, and how long it took."""

    rows: Sequence[tuple[Any, ...]]
    seconds: float

    def row_of(self, proof: Proof) -> Row:
        """Return what was found of one claim: a shared file's rows are led by the proofs' names."""
        if not proof.shared:
            examined, broken, first = self.rows[0]
        else:
            (_, examined, broken, first), *_ = (row for row in self.rows if row[0] == proof.name)
        return examined, broken, first


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
        yield from _found_in_turn()
    else:
        yield from _found_together(jobs=jobs)


def finding_of(proof: Proof) -> Finding:
    """Run one proof."""
    return _finding(proof, answers=[_answer_here(proof)])


def latest_run() -> ProofRun | None:
    """Return the last run of the proofs that was kept."""
    return ProofRun.objects.first()


def fault_in_words(text: str, *, faults: Iterable[object]) -> str:
    """Return what is wrong, found in English, in the reader's language.

    As it is, if it is none of these sentences, whose English has {places} for what differs.
    """
    for fault in faults:
        with override("en"):
            english = str(fault)
        found = fault_pattern(english).fullmatch(text)
        if found:
            return str(fault).format(**found.groupdict())
    return text


def fault_pattern(english: str) -> re.Pattern[str]:
    """Return what a sentence looks like with something in each of its {places}."""
    written = (
        re.escape(part) if nth % 2 == 0 else f"(?P<{part}>.+?)"
        for nth, part in enumerate(_PLACE.split(english))
    )
    return re.compile("".join(written), re.DOTALL)


def _found_in_turn() -> Iterator[Finding]:
    answers: dict[Path, Answer] = {}
    for proof in proofs():
        if proof.sql and proof.sql not in answers:
            answers[proof.sql] = _answer_here(proof)
        answer = answers[proof.sql] if proof.sql else _answer_here(proof)
        yield _finding(proof, answers=[answer])


def _answer_here(proof: Proof) -> Answer:
    begun = time.monotonic()
    rows = [proof.examine()] if proof.examine else _rows_of(proof)
    return Answer(rows=rows, seconds=time.monotonic() - begun)


def _rows_of(proof: Proof) -> list[tuple[Any, ...]]:
    assert proof.sql is not None
    with transaction.atomic(), connection.cursor() as cursor:
        for setting in SETTINGS:
            cursor.execute(setting)
        cursor.execute(proof.sql.read_text(), _slices(1)[0] if proof.sliced else None)
        return list(cursor.fetchall())


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
        asked = _asked(pool=pool, sessions=sessions, jobs=jobs)
        for proof in proofs():
            if proof.sql:
                answers = [future.result() for future in asked[proof.sql]]
                yield _finding(proof, answers=answers)
            else:
                yield finding_of(proof)


def _asked(
    *, pool: ThreadPoolExecutor, sessions: Sessions, jobs: int
) -> dict[Path, list[Future[Answer]]]:
    """Ask every file once: first those in slices, one a job, for they take longest."""
    files = {proof.sql: proof.sliced for proof in proofs() if proof.sql}
    return {
        file: [
            pool.submit(_answer, file.read_text(), part, sessions)
            for part in (_slices(jobs) if is_sliced else [None])
        ]
        for file, is_sliced in sorted(files.items(), key=lambda item: not item[1])
    }


def _answer(text: str, part: Slice | None, sessions: Sessions) -> Answer:
    session = sessions.get()
    begun = time.monotonic()
    try:
        rows = session.execute(text.encode(), part).fetchall()
    finally:
        sessions.put(session)
    return Answer(rows=rows, seconds=time.monotonic() - begun)


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


def _finding(proof: Proof, *, answers: Sequence[Answer]) -> Finding:
    rows = [answer.row_of(proof) for answer in answers]
    with override("en"):  # terminals and logs read the same everywhere
        title = str(proof.title)
    # The claims of a shared file share its time.
    seconds = sum(answer.seconds / len(answer.rows) for answer in answers)
    return Finding(
        name=proof.name,
        title=title,
        examined=sum(examined for examined, _, _ in rows),
        broken=sum(broken for _, broken, _ in rows),
        first_broken=next((first for _, _, first in rows if first), ""),
        milliseconds=round(seconds * 1000),
    )
