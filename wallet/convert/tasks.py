"""Celery's doors to conversions: post what the carriers decided."""

from celery import shared_task

from wallet.convert.operations import settle_conversions, settle_data_deliveries
from wallet.holders.idempotency import at_the_clock


@shared_task(name="wallet.convert.settle")
def settle() -> None:
    """Post every outcome that waits."""
    # The clock is read for each batch: a month may end between two.
    while at_the_clock(lambda now: settle_conversions(now=now)):
        pass
    while at_the_clock(lambda now: settle_data_deliveries(now=now)):
        pass
