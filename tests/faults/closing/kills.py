"""Closes that are killed and taken up again, and what must hold when one has ended."""

import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from multiprocessing import get_context
from multiprocessing.context import ForkProcess
from random import Random

from django.db import InterfaceError, OperationalError, connections
from django.db.backends.utils import CursorWrapper
from django.db.models import QuerySet

from ledger.models import Month
from ledger.months.models import Close, ClosePart, ClosingBalance
from ledger.months.operations import begin_close, settle_month
from ledger.months.queries import digest_of
from ledger.proofs.queries import findings
from ledger.registry import stages
from ledger.rules import month_after
from ledger.seals.queries import head_of_month
from tests.faults.closing.world import hear_late_files, late_left
from wallet.clearing.models import ClearingLine, ClearingStatement

WAIT_SECONDS_MAX = 120
RANDOM_SECONDS_MAX = 0.4
POLL_SECONDS = 0.002
LOST_THE_SERVER = 3
PARTS = "SELECT id FROM public.ledger_closepart WHERE close_id = %s AND done_at IS NULL"


@dataclass(frozen=True, slots=True)
class Ended:
    """What an ended close is compared by: its digest, what its stages posted, and what came late."""

    digest: str
    totals: str
    late: str


@dataclass(slots=True, kw_only=True)
class Closing:
    """One month, in whatever database the connections point at, closed by children that are killed."""

    month: date
    now: datetime
    dice: Random
    amid: set[str] = field(default_factory=set)  # the stages in whose parts a child was killed
    left_at: set[str] = field(default_factory=set)  # the stages that a kill left undone

    def kill_at_a_part(self) -> None:
        """Kill a child as soon as it has done at least one part more."""
        before = _parts_done(self.month)
        child = self._start()
        while child.is_alive() and _parts_done(self.month) <= before:
            time.sleep(POLL_SECONDS)
        self._kill(child)

    def kill_past_a_stage(self) -> None:
        """Kill a child as soon as another stage is the first left undone."""
        before = _stage_undone(self.month)
        child = self._start()
        while child.is_alive() and _stage_undone(self.month) in {None, before}:
            time.sleep(POLL_SECONDS)
        self._kill(child)

    def kill_at_random(self) -> None:
        """Kill a child at a random instant: connecting, computing, posting, proving, sealing."""
        child = self._start()
        time.sleep(self.dice.uniform(0, RANDOM_SECONDS_MAX))
        self._kill(child)

    def kill_amid(self, stage: str) -> None:
        """Kill a child within a part of a stage: all of it is written and posted, nothing committed.

        The parts of every stage of its place are held until the child waits for them; then it gets
        one of this stage alone and cannot mark it done. However quick the stage is, it dies there.
        """
        begin_close(month=self.month, now=self.now)
        place = _undone(self.month).filter(stage=stage).values_list("place", flat=True)[0]
        with _own_transaction() as parts, _own_transaction() as marks:
            parts.execute(
                f"{PARTS} AND place = %s AND stage <> %s FOR UPDATE", [self.month, place, stage]
            )
            parts.execute("SAVEPOINT siblings")
            parts.execute(f"{PARTS} AND stage = %s FOR UPDATE", [self.month, stage])
            child = self._start()
            _wait_until(lambda: not _undone(self.month).filter(place__lt=place).exists())
            marks.execute("LOCK TABLE public.ledger_closepart IN SHARE MODE")
            parts.execute("ROLLBACK TO SAVEPOINT siblings")
            _wait_until(_is_mark_awaited)
            taken = _held_by_others(parts, self.month)
            self._kill(child)
        left = _undone(self.month).values_list("stage", "shard")
        assert [one for one, _ in taken] == [stage], f"Killed amid {taken}, not {stage}."
        assert set(taken) <= set(left), f"{taken} was left behind."
        self.amid.add(stage)

    def start(self) -> ForkProcess:
        """Start a child, for somebody else to kill what it needs."""
        return self._start()

    def is_closed(self) -> bool:
        """Tell whether the month is closed."""
        state = Month.objects.get(pk=self.month).state
        self._note()
        return bool(state == Month.State.CLOSED)

    def is_over(self) -> bool:
        """Tell whether the month is closed and what came late to it is rolled."""
        return self.is_closed() and not late_left(self.month)

    def end(self) -> Ended:
        """Run the close to its end, hold the books to every proof, and return what it came to."""
        settle_month(month=self.month, now=self.now)
        hear_late_files(month=self.month)
        return judged(self.month)

    def _start(self) -> ForkProcess:
        connections.close_all()  # a fork must inherit no connection
        child = get_context("fork").Process(target=_settle, args=(self.month, self.now))
        child.start()
        return child

    def _kill(self, child: ForkProcess) -> None:
        child.kill()  # nothing, where it has ended by itself
        child.join(WAIT_SECONDS_MAX)
        assert child.exitcode in (0, -signal.SIGKILL), f"The close ended with {child.exitcode}."
        self._note()

    def _note(self) -> None:
        """Note the first stage left undone: a kill met it, or another of the same place."""
        begun = Close.objects.filter(pk=self.month).exists()
        at = _stage_undone(self.month)
        closed = Month.objects.get(pk=self.month).state == Month.State.CLOSED
        after = ("late files" if closed else "proofs and seal") if begun else "beginning"
        self.left_at.add(at or after)


@contextmanager
def _own_transaction() -> Iterator[CursorWrapper]:
    """Open a transaction on a connection of its own, which ends with nothing done."""
    own = connections["default"].copy()
    own.set_autocommit(False)
    try:
        yield own.cursor()
    finally:
        own.rollback()
        own.close()


def _wait_until(seen: Callable[[], bool]) -> None:
    ends = time.monotonic() + WAIT_SECONDS_MAX
    while not seen():
        assert time.monotonic() < ends, "What was waited for never came."
        time.sleep(POLL_SECONDS)


def _is_mark_awaited() -> bool:
    """Tell whether somebody waits to mark a part as done."""
    with connections["default"].cursor() as cursor:
        cursor.execute(
            # A copied database's tables have the numbers of those it was copied from.
            "SELECT EXISTS (SELECT FROM pg_locks JOIN pg_database ON pg_database.oid = database"
            " WHERE NOT granted AND datname = current_database()"
            " AND relation = 'public.ledger_closepart'::regclass)"
        )
        return bool(cursor.fetchone()[0])


def _held_by_others(parts: CursorWrapper, month: date) -> list[tuple[str, str]]:
    """Return the stages and shards of the undone parts that others than this cursor hold."""
    parts.execute(f"{PARTS} FOR UPDATE SKIP LOCKED", [month])
    free = [part for (part,) in parts.fetchall()]
    return list(_undone(month).exclude(pk__in=free).values_list("stage", "shard"))


def _settle(month: date, now: datetime) -> None:
    try:
        settle_month(month=month, now=now)
        hear_late_files(month=month)
    except (InterfaceError, OperationalError):
        os._exit(LOST_THE_SERVER)
    connections.close_all()
    os._exit(0)


def _undone(month: date) -> QuerySet[ClosePart]:
    return ClosePart.objects.filter(close=month, done_at=None)


def _stage_undone(month: date) -> str | None:
    part = _undone(month).first()
    return part.stage if part else None


def _parts_done(month: date) -> int:
    return ClosePart.objects.filter(close=month, done_at__isnull=False).count()


def judged(month: date) -> Ended:
    """Hold a closed month to every proof, its seal and digest, and return what it came to."""
    assert [found for found in findings() if not found.is_clean] == []
    row = Month.objects.get(pk=month)
    assert row.state == Month.State.CLOSED
    assert bytes(row.digest or b"") == digest_of(month)
    assert head_of_month(month) is not None
    parts = ClosePart.objects.filter(close=month).order_by("place", "stage", "shard")
    assert not parts.filter(done_at=None).exists()
    totals = list(parts.values_list("stage", "shard", "postings", "totals"))
    assert not late_left(month)
    return Ended(digest_of(month).hex(), repr(totals), digest_of(month_after(month)).hex())


def idle_stages(month: date) -> set[str]:
    """Return the stages of an ended close that had nothing to do."""
    posted = ClosePart.objects.filter(close=month, postings__gt=0).values_list("stage", flat=True)
    wrote = {
        "carrier_statements": ClearingStatement.objects.filter(clearing=month),
        "netting": ClearingLine.objects.filter(statement__clearing=month),
        "closing_balances": ClosingBalance.objects.filter(month=month),
    }
    return every_stage() - set(posted) - {name for name, rows in wrote.items() if rows.exists()}


def stages_of(month: date) -> list[str]:
    """Return the stages of a close that has begun, in their order."""
    parts = ClosePart.objects.filter(close=month).order_by("place", "stage")
    return list(dict.fromkeys(parts.values_list("stage", flat=True)))


def every_stage() -> set[str]:
    """Return the names of all stages of a close."""
    return {stage.name for stage in stages()} | {"closing_balances"}
