"""Celery's door to the records."""

from celery import shared_task
from django.utils import timezone

from wallet.records.operations import forget_old_records


@shared_task(name="wallet.records.forget")
def forget_old() -> None:
    """Remove what policy no longer keeps."""
    forget_old_records(now=timezone.now())
