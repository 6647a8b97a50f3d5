"""Celery's door to proposals: end what stood open too long."""

from celery import shared_task
from django.utils import timezone

from ledger.adjustments.operations import expire_proposals


@shared_task(name="ledger.adjustments.expire")
def expire() -> int:
    """End proposals that nobody decided in their days."""
    return expire_proposals(now=timezone.now())
