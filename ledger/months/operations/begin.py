"""Begin a close: nothing more is posted to its month, and what it computes from is frozen."""

import time
from datetime import date, datetime, timedelta

from django.db import connection, transaction

from ledger import registry
from ledger.months.models import Close, ClosePart
from ledger.months.operations.balances import BALANCES
from ledger.months.refusals import CloseBlocked, CloseStuck, CloseTooEarly, StagesUnknown
from ledger.operations import refusing
from ledger.queries import snapshot_horizon
from ledger.refusals import MonthClosed
from ledger.registry import ClosingMonth, Stage
from ledger.rules import month_after, month_name, starts_at

CLOSE_ACTOR = "close"
HORIZON_WAIT_SECONDS = 60
HORIZON_POLL_SECONDS = 0.02


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
        StagesUnknown: as `refuse_unknown_stages`.
    """
    close = Close.objects.filter(pk=month).first()
    if close is None:
        set_closing(month=month, now=now)
        wait_for_horizon()
        close = freeze(month=month, now=now)
    refuse_unknown_stages(close)
    return close


def refuse_unknown_stages(close: Close) -> None:
    """Leave a close that was begun with stages unknown here to the processes that know them.

    Their parts could not be run here. Nor could its end when these are done: who was started
    without an app lacks its proofs as well.

    Raises:
        StagesUnknown: the close has not ended, and this process lacks one of its stages.
    """
    unknown = unknown_stages(close)
    if unknown:
        names, month = ", ".join(unknown), month_name(close.pk)
        raise StagesUnknown(
            f"The close of {month} has stages that this process was started without: {names}."
            " It is left to processes that know them.",
            month=month,
            stages=names,
        )


def unknown_stages(close: Close) -> list[str]:
    """Return the stages of a close that has not ended which this process cannot run."""
    if close.ended_at is not None:
        return []
    known = [stage.name for stage in stages_known()]
    parts = ClosePart.objects.filter(close=close).exclude(stage__in=known)
    return sorted(set(parts.values_list("stage", flat=True)))


def stages_known() -> list[Stage]:
    """Return every stage that this process can run, in order."""
    return [*registry.stages(), BALANCES]


def set_closing(*, month: date, now: datetime) -> None:
    """Let only the close post to a month from now on.

    Raises: CloseBlocked, CloseTooEarly, as `begin_close`.
    """
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


def wait_for_horizon() -> None:
    """Wait until every posting begun before this instant has ended: it may have read the month open.

    Raises:
        CloseStuck: one is still under way after a minute.
    """
    # It holds a transaction id below ours.
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
            # Who writes nothing keeps nobody waiting; a seat at a close is such a transaction.
            " FROM pg_stat_activity WHERE backend_xid IS NOT NULL AND pid <> pg_backend_pid()"
            " ORDER BY xact_start LIMIT 1"
        )
        row = cursor.fetchone()
    return row[0] if row else "a posting of another server process"


@transaction.atomic
def freeze(*, month: date, now: datetime) -> Close:
    """Write down what a close computes from, and the parts it is to be run in."""
    at = last_instant(month)
    inputs = {name: freezer(month, at) for name, freezer in registry.freezers().items()}
    close, is_new = Close.objects.get_or_create(
        pk=month, defaults={"inputs": inputs, "begun_at": now}
    )
    if is_new:
        closing = closing_month(close)
        ClosePart.objects.bulk_create(
            ClosePart(close=close, place=stage.place, stage=stage.name, shard=shard)
            for stage in stages_known()
            for shard in stage.shards(closing)
        )
    return close


def closing_month(close: Close) -> ClosingMonth:
    """Return what the stages of this close compute from."""
    return ClosingMonth(month=close.pk, at=last_instant(close.pk), inputs=close.inputs)
