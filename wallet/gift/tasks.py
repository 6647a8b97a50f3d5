"""Celery's doors to gifts."""

from celery import shared_task
from django.utils import timezone

from wallet.gift import operations


@shared_task(name="wallet.gift.return_expired_gifts")
def return_expired_gifts() -> None:
    """Give back what nobody claimed in time, and note what the close has expired."""
    now = timezone.now()
    operations.return_expired_gifts(now=now)
    operations.note_expired_gifts(now=now)
