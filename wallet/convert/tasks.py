"""Celery's doors to conversions: post what the carriers decided."""

from celery import shared_task
from django.utils import timezone

from wallet.convert.operations import (
    settle_conversions,
    settle_data_deliveries,
    tell_who_waited,
)
from wallet.holders.idempotency import at_the_clock


@shared_task(name="wallet.convert.settle")
def settle() -> None:
    """Post every outcome that waits."""
    # The clock is read for each batch: a month may end between two.
    while at_the_clock(lambda now: settle_conversions(now=now)):
        pass
    while at_the_clock(lambda now: settle_data_deliveries(now=now)):
        pass


@shared_task(name="wallet.convert.tell_who_waited")
def tell_waiting() -> None:
    """Tell those who waited for a carrier that has opened."""
    while tell_who_waited(now=timezone.now()):
        pass
