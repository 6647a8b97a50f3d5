"""Celery's doors to the close: begin what is due, take up what a lost worker left, open months."""

import structlog
from celery import shared_task
from django.utils import timezone

from ledger.models import Month
from ledger.months.operations import settle_month
from ledger.months.queries import months_missing
from ledger.operations import open_months
from ledger.rules import month_name, month_of

log = structlog.get_logger(__name__)


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
        settle_month(month=ended.month, now=now)


@shared_task(name="ledger.months.resume_closes")
def resume_closes() -> None:
    """Take up every close that was begun and has not ended."""
    now = timezone.now()
    for month in Month.objects.filter(state=Month.State.CLOSING):
        settle_month(month=month.month, now=now)
