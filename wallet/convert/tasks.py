"""Celery's doors to conversions: post what the carriers decided."""

from celery import shared_task
from django.utils import timezone

from wallet.convert.operations import settle_conversions, settle_data_deliveries


@shared_task(name="wallet.convert.settle")
def settle() -> None:
    """Post every outcome that waits."""
    now = timezone.now()
    while settle_conversions(now=now):
        pass
    while settle_data_deliveries(now=now):
        pass
