"""Celery's doors to the close: begin what is due, take up what a lost worker left, open months."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from functools import partial

import structlog
from celery import shared_task
from django.conf import settings
from django.db import transaction
from django.utils import timezone
from kombu.exceptions import OperationalError

from ledger.models import Month
from ledger.months.models import Close
from ledger.months.operations import (
    LEADER,
    a_seat,
    begin_close,
    has_parts_left,
    help_close,
    lead_close,
)
from ledger.months.queries import months_missing
from ledger.months.refusals import StagesUnknown
from ledger.operations import open_months
from ledger.rules import month_name, month_of

log = structlog.get_logger(__name__)

NUDGE_SECONDS = 30  # who could not join by then is asked again by the next sweep
TURN_SECONDS = 10


@shared_task(name="ledger.months.open_months_ahead")
def open_months_ahead() -> None:
    """Open this month and the next thirteen."""
    open_months(now=timezone.now())


@shared_task(name="ledger.months.name_missing")
def name_missing_months() -> None:
    """Log an error that names the months of the year ahead that nothing could be posted to."""
    missing = months_missing(now=timezone.now())
    if missing:
        log.error("months_missing", months=[month_name(month) for month in missing])


@shared_task(name="ledger.months.settle_ended_month")
def settle_ended_month() -> None:
    """Settle the earliest month that has ended, if its close has not begun; beat asks until it has."""
    now = timezone.now()
    ended = Month.objects.exclude(state=Month.State.CLOSED).filter(month__lt=month_of(now)).first()
    if ended and ended.state == Month.State.OPEN:
        with _leaving_what_is_unknown():
            _settle(begin_close(month=ended.month, now=now), now=now)


@shared_task(name="ledger.months.resume_closes")
def resume_closes() -> None:
    """Take up every close that was begun and has not ended; one that somebody leads is helped."""
    now = timezone.now()
    for month in Month.objects.filter(state=Month.State.CLOSING):
        with _leaving_what_is_unknown():
            _settle(begin_close(month=month.month, now=now), now=now)


@shared_task(name="ledger.months.join_close", ignore_result=True)
def join_close(month: str, seat: int) -> None:
    """Run parts of a close for a turn, unless the seat is taken; then let another go on.

    The turn is short, for others wait in the same queue. Who found nothing to do in all of it asks
    for nobody: beat does every minute.
    """
    close = Close.objects.get(pk=date.fromisoformat(month))
    with _leaving_what_is_unknown():
        if _run_for_a_turn(close, seat=seat) and has_parts_left(close):
            _ask(month=month, seat=seat)


def _run_for_a_turn(close: Close, *, seat: int) -> int:
    with a_seat(month=close.pk, seat=seat) as is_free:
        if not is_free:
            return 0
        ends_at = time.monotonic() + TURN_SECONDS
        return help_close(close=close, now=timezone.now(), go_on=lambda: time.monotonic() < ends_at)


@contextmanager
def _leaving_what_is_unknown() -> Iterator[None]:
    """Say in one line that a close is left to processes that know its stages."""
    try:
        yield
    except StagesUnknown as refusal:
        log.warning("close_left_to_others", why=refusal.message)


def _settle(close: Close, *, now: datetime) -> None:
    """Have others join a close, and lead it unless somebody does."""
    if has_parts_left(close):
        transaction.on_commit(partial(_ask_for_help, close))
    lead_close(close=close, now=now, jobs=settings.SETTLE_WORKERS)


def _ask_for_help(close: Close) -> None:
    for seat in range(LEADER + 1, settings.SETTLE_WORKERS):
        _ask(month=close.pk.isoformat(), seat=seat)


def _ask(*, month: str, seat: int) -> None:
    """Ask for somebody who takes a seat soon; if the broker cannot be reached, beat asks again."""
    asked = {"month": month, "seat": seat}
    try:
        join_close.apply_async(kwargs=asked, expires=NUDGE_SECONDS, retry=False)
    except OperationalError:
        log.warning("nudge_lost", task=join_close.name)
