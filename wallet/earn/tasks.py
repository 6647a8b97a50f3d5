"""Celery's doors to earning: pay what is due, take back what lapsed."""

from celery import shared_task
from django.utils import timezone

from wallet.earn.operations import lapse_earnings, vest_due_stages

SWEEP_EARNINGS_MAX = 500


@shared_task(name="wallet.earn.vest")
def vest() -> int:
    """Pay out stages whose day has come."""
    return vest_due_stages(now=timezone.now(), limit=SWEEP_EARNINGS_MAX)


@shared_task(name="wallet.earn.lapse")
def lapse() -> int:
    """Return the coins of what was not proved in time."""
    return lapse_earnings(now=timezone.now(), limit=SWEEP_EARNINGS_MAX)
