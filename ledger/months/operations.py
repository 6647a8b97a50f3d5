"""The close: begin it, run its parts one at a time, seal it. Killed anywhere, run it again."""

import json
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from django.db import Error, connection, transaction
from django.utils.translation import gettext_lazy as _

from ledger import registry
from ledger.months.models import Close, ClosePart
from ledger.months.queries import digest_of, last_posted_here, lines_posted_here, totals_of
from ledger.months.refusals import CloseBlocked, CloseStuck, CloseTooEarly, ProofsBroken
from ledger.months.rules import MovedLine, came_by_asset, hex_shards
from ledger.operations import post_batch, refusing
from ledger.proofs.queries import findings
from ledger.queries import snapshot_horizon
from ledger.refusals import MonthClosed, Refusal
from ledger.registry import ClosingMonth, Stage
from ledger.rules import (
    PlannedPostings,
    Posting,
    month_after,
    month_in_id,
    month_name,
    starts_at,
    told,
)
from ledger.seals.operations import seal_month

CLOSE_ACTOR = "close"
HORIZON_WAIT_SECONDS = 60
HORIZON_POLL_SECONDS = 0.02
STOP_LENGTH_MAX = 1_000
_POST_PLANNED = (Path(__file__).parent / "sql" / "post_planned_v1.sql").read_text()


def last_instant(month: date) -> datetime:
    """Return the month's last instant (Asia/Shanghai), the `at` of every posting of its close."""
    return starts_at(month_after(month)) - timedelta(microseconds=1)


def begin_close(*, month: date, now: datetime) -> Close:
    """Set a month closing, wait until no earlier posting is under way, and freeze the inputs.

    Asked again, the close already begun comes back.

    Raises:
        CloseBlocked: something of the month is still open.
        CloseTooEarly: the month has not ended, or an earlier one is not closed.
        CloseStuck: a posting begun before is still under way after a minute.
    """
    found = Close.objects.filter(pk=month).first()
    if found:
        return found
    _set_closing(month=month, now=now)
    _wait_for_horizon()
    return _freeze(month=month, now=now)


def _set_closing(*, month: date, now: datetime) -> None:
    for blocker in registry.blockers().values():
        reason = blocker(month)
        if reason:
            raise CloseBlocked(reason, month=month_name(month))
    with transaction.atomic():
        try:
            with refusing(), connection.cursor() as cursor:
                cursor.execute("SELECT public.ledger_begin_closing_v1(%s, %s)", [month, now])
        except MonthClosed as refusal:
            raise CloseTooEarly(refusal.message, month=month_name(month)) from refusal


def _wait_for_horizon() -> None:
    # A posting that read the month open holds a transaction id below ours.
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_current_xact_id()::text::bigint")
        ours = int(cursor.fetchone()[0])
    ends_at = time.monotonic() + HORIZON_WAIT_SECONDS
    while snapshot_horizon() < ours:
        if time.monotonic() > ends_at:
            raise CloseStuck(f"Waiting for {_oldest_activity()}.")
        time.sleep(HORIZON_POLL_SECONDS)


def _oldest_activity() -> str:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT format('process %s, in a transaction since %s', pid, xact_start)"
            " FROM pg_stat_activity WHERE xact_start IS NOT NULL AND pid <> pg_backend_pid()"
            " ORDER BY xact_start LIMIT 1"
        )
        row = cursor.fetchone()
    return row[0] if row else "a posting of another server process"


@transaction.atomic
def _freeze(*, month: date, now: datetime) -> Close:
    at = last_instant(month)
    inputs = {name: freezer(month, at) for name, freezer in registry.freezers().items()}
    close, is_new = Close.objects.get_or_create(
        pk=month, defaults={"inputs": inputs, "begun_at": now}
    )
    if is_new:
        closing = closing_month(close)
        ClosePart.objects.bulk_create(
            ClosePart(close=close, place=stage.place, stage=stage.name, shard=shard)
            for stage in [*registry.stages(), BALANCES]
            for shard in stage.shards(closing)
        )
    return close


def closing_month(close: Close) -> ClosingMonth:
    """Return what the stages of this close compute from."""
    return ClosingMonth(month=close.pk, at=last_instant(close.pk), inputs=close.inputs)


def run_next_part(*, close: Close, now: datetime) -> ClosePart | None:
    """Run one part of the earliest unfinished stage; None if none is left or all are being run.

    The part's domain rows, its mark and its postings commit together.
    """
    left = ClosePart.objects.filter(close=close, done_at__isnull=True)
    with transaction.atomic():
        part = (
            left.select_for_update(skip_locked=True)
            .filter(place=left.order_by("place").values("place")[:1])
            .first()
        )
        if part is not None:
            _run_part(part=part, close=close, now=now)
    return part


def _run_part(*, part: ClosePart, close: Close, now: datetime) -> None:
    begun = time.monotonic()
    stage = _stage_named(part.stage)
    closing = closing_month(close)
    planned = stage.plan(closing, part.shard)
    if isinstance(planned, PlannedPostings):
        part.postings, part.totals = post_planned(planned)
    else:
        if stage.record:
            stage.record(closing, part.shard, planned)
        post_batch(planned)
        part.postings, part.totals = len(planned), came_by_asset(planned)
    # The mark may follow what was posted: its row has been held since the part was taken.
    part.milliseconds = round((time.monotonic() - begun) * 1000)
    part.done_at = now
    part.save()


def post_planned(planned: PlannedPostings) -> tuple[int, dict[str, int]]:
    """Post what a query plans, all or nothing; return how many, and amounts moved by asset.

    What was posted before with the same content is counted, and skipped.

    Raises: as `post_batch`.
    """
    statement = _POST_PLANNED.replace("{query}", planned.query)
    own: dict[str, Any] = {
        "kind": planned.kind,
        "posting_month": planned.month,
        "at": planned.at,
        "actor": planned.actor,
        "facts": json.dumps(dict(planned.facts)),
        "about": planned.about,
        "month_in_id": month_in_id(planned.month),
        "told": told((planned.month, planned.name)),
    }
    with refusing(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL work_mem = '64MB'")  # a part's rows are sorted, not spilled
        cursor.execute(statement, {**planned.parameters, **own})
        postings, totals, _posted = cursor.fetchone()
    return postings, json.loads(totals)


def _stage_named(name: str) -> Stage:
    return next(stage for stage in [*registry.stages(), BALANCES] if stage.name == name)


def has_parts_left(close: Close) -> bool:
    """Tell whether any part of the close is not done."""
    return ClosePart.objects.filter(close=close, done_at__isnull=True).exists()


def settle_month(
    *, month: date, now: datetime, report: Callable[[Close], None] = lambda _close: None
) -> Close:
    """Close a month to the end: begin or take up its close, run what is left of it, prove, seal.

    Several may run at once and any may be killed: each part is done once. What stops a run is kept
    with the close. `report` is called before every part, for a bar.

    Raises: as `begin_close` and `end_close`.
    """
    close = begin_close(month=month, now=now)
    with _noting_what_stops(close, now=now):
        report(close)
        while (part := run_next_part(close=close, now=now)) or has_parts_left(close):
            if part is None:
                time.sleep(HORIZON_POLL_SECONDS)
            report(close)
        return end_close(close=close, now=now)


@contextmanager
def _noting_what_stops(close: Close, *, now: datetime) -> Iterator[None]:
    try:
        yield
    except Exception as error:
        name = error.code if isinstance(error, Refusal) else type(error).__name__
        with suppress(Error):  # the database may be what stopped us
            why = f"{name}: {error}"[:STOP_LENGTH_MAX]
            Close.objects.filter(pk=close.pk).update(stopped_at=now, stopped_why=why)
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
        _set_closing(month=month, now=now)
        close = _freeze(month=month, now=now)
        after, parts = last_posted_here(month) if take else 0, []
        while part := run_next_part(close=close, now=now):
            parts.append(part)
        for line in lines_posted_here(month, parts=parts, after=after) if take else ():
            take(line)  # type: ignore[misc]  # asked above
        totals = totals_of(close)
        transaction.set_rollback(True)
    return totals


def end_close(*, close: Close, now: datetime) -> Close:
    """Prove the books, seal all of the month, close it over its digest, and end the close.

    Must run outside a database transaction: what a transaction itself posted cannot be sealed.

    Raises:
        ProofsBroken: a proof found something broken; the month stays closing.
        CloseStuck: a posting begun before is still under way after a minute.
        NotSealed: a transaction of the month cannot be sealed yet.
    """
    broken = [found for found in findings() if not found.is_clean]
    if broken:
        raise ProofsBroken(f"{broken[0].title}: {broken[0].first_broken}", proof=broken[0].name)
    digest = digest_of(close.pk)
    _wait_for_horizon()
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


def _plan_nothing(closing: ClosingMonth, shard: str) -> Sequence[Posting]:
    return ()


def _record_balances(closing: ClosingMonth, shard: str, postings: Sequence[Posting]) -> None:
    first, last = UUID(shard + "0" * 31), UUID(shard + "f" * 31)
    with refusing(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT public.ledger_write_closing_balances_v1(%s, %s, %s)",
            [closing.month, first, last],
        )


BALANCES = Stage(
    name="closing_balances",
    title=_("记期末余额"),
    place=90,
    shards=lambda _closing: hex_shards(0),
    plan=_plan_nothing,
    record=_record_balances,
)
