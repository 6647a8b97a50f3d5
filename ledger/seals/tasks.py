"""Celery's door to the seals."""

from celery import shared_task
from django.utils import timezone

from ledger.seals.operations import seal_committed


@shared_task(name="ledger.seals.append")
def append() -> None:
    """Seal what was committed; beat asks every minute."""
    seal_committed(now=timezone.now())
