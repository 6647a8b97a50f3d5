"""Work a close off to its end: somebody leads, others help; or try all of it and undo it."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import date, datetime

from django.db import Error, connection, transaction
from django.db.models import Max

from ledger.months.models import Close, ClosePart
from ledger.months.operations.begin import (
    begin_close,
    freeze,
    refuse_unknown_stages,
    set_closing,
    wait_for_horizon,
)
from ledger.months.operations.parts import has_parts_left, run_next_part
from ledger.months.operations.seats import LEADER, a_seat
from ledger.months.queries import digest_of, last_posted_here, lines_posted_here, totals_of
from ledger.months.refusals import ProofsBroken
from ledger.months.rules import MovedLine
from ledger.operations import refusing
from ledger.proofs.queries import findings
from ledger.refusals import Refusal
from ledger.seals.operations import seal_month

PART_POLL_SECONDS = 0.01
LED_POLL_SECONDS = 0.5
STOP_LENGTH_MAX = 1_000

Report = Callable[[Close], None]


def _unreported(close: Close) -> None:
    """Report nothing."""


def settle_month(
    *, month: date, now: datetime, jobs: int = 1, report: Report = _unreported
) -> Close:
    """Close a month to the end: begin or take up its close, run what is left of it, prove, seal.

    Several may run at once and any may be killed: each part is done once. One of them leads; the
    others help, wait, and lead should it be lost. What stops the leader is kept with the close.
    As many proofs run at a time as there are `jobs`; `report` is called before every part, for a
    bar.

    Raises: as `begin_close` and `end_close`.
    """
    close = begin_close(month=month, now=now)
    while (led := lead_close(close=close, now=now, jobs=jobs, report=report)) is None:
        help_close(close=close, now=now)
        time.sleep(LED_POLL_SECONDS)
    return led


def lead_close(
    *, close: Close, now: datetime, jobs: int = 1, report: Report = _unreported
) -> Close | None:
    """Run what is left of a close, prove and seal; None where somebody else does already.

    Raises: as `refuse_unknown_stages` and `end_close`.
    """
    refuse_unknown_stages(close)
    with a_seat(month=close.pk, seat=LEADER) as is_free:
        if not is_free:
            return None
        close = Close.objects.get(pk=close.pk)
        if close.ended_at is not None:
            return close
        with _noting_what_stops(close, now=now):
            for _part in _parts_run(close, now=now):
                report(close)
            return end_close(close=close, now=now, jobs=jobs)


def help_close(*, close: Close, now: datetime, go_on: Callable[[], bool] = lambda: True) -> int:
    """Run parts of a close while there are any and `go_on` says yes; return how many.

    The end is left to who leads it. Where all parts of a stage are being run, the next stage is
    waited for.

    Raises: as `refuse_unknown_stages`.
    """
    refuse_unknown_stages(close)
    done = 0
    for part in _parts_run(close, now=now):
        done += part is not None
        if not go_on():
            break
    return done


def _parts_run(close: Close, *, now: datetime) -> Iterator[ClosePart | None]:
    """Yield None, then each part that is run here, and None for each look that found none free."""
    yield None
    while (part := run_next_part(close=close, now=now)) or has_parts_left(close):
        if part is None:
            time.sleep(PART_POLL_SECONDS)
        yield part


@contextmanager
def _noting_what_stops(close: Close, *, now: datetime) -> Iterator[None]:
    try:
        yield
    except Exception as error:
        name = error.code if isinstance(error, Refusal) else type(error).__name__
        with suppress(Error):  # the database may be what stopped us
            why = f"{name}: {error}"[:STOP_LENGTH_MAX]
            # Helpers mark parts with instants of their own: a run is stopped by what came after.
            latest = ClosePart.objects.filter(close=close).aggregate(at=Max("done_at"))["at"]
            stopped = {"stopped_at": max(now, latest or now), "stopped_why": why}
            Close.objects.filter(pk=close.pk).update(**stopped)
        raise


def rehearse_close(
    *, month: date, now: datetime, take: Callable[[MovedLine], None] | None = None
) -> dict[str, dict[str, int]]:
    """Run a close that has not begun and undo all of it; return what each stage would post.

    The amounts (whole units by stage and asset) are exact: the close itself ran. While it runs,
    what it touches is locked; what cannot be had within two seconds ends the rehearsal. `take`
    is given a line for each account that each part would move.

    Raises: as `begin_close`.
    """
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL lock_timeout = '2s'")
        set_closing(month=month, now=now)
        close = freeze(month=month, now=now)
        refuse_unknown_stages(close)
        after, parts = last_posted_here(month) if take else 0, []
        while part := run_next_part(close=close, now=now):
            parts.append(part)
        for line in lines_posted_here(month, parts=parts, after=after) if take else ():
            take(line)  # type: ignore[misc]  # asked above
        totals = totals_of(close)
        transaction.set_rollback(True)
    return totals


def end_close(*, close: Close, now: datetime, jobs: int = 1) -> Close:
    """Prove the books, seal all of the month, close it over its digest, and end the close.

    Must run outside a database transaction: what a transaction itself posted cannot be sealed.

    Raises:
        ProofsBroken: a proof found something broken; the month stays closing.
        CloseStuck: a posting begun before is still under way after a minute.
        NotSealed: a transaction of the month cannot be sealed yet.
    """
    broken = [found for found in findings(jobs=jobs) if not found.is_clean]
    if broken:
        raise ProofsBroken(f"{broken[0].title}: {broken[0].first_broken}", proof=broken[0].name)
    digest = digest_of(close.pk)
    wait_for_horizon()
    seal_month(month=close.pk, now=now)
    with transaction.atomic():
        close = Close.objects.select_for_update().get(pk=close.pk)
        if close.ended_at is None:
            close.ended_at, close.stopped_at, close.stopped_why = now, None, ""
            close.save()
        with refusing(), connection.cursor() as cursor:
            cursor.execute(
                "SELECT public.ledger_close_month_v2(%s, %s, %s)", [close.pk, now, digest]
            )
    return close
