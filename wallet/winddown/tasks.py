"""Celery's door to a wind-down: whoever announced or began it, this carries it on."""

from celery import shared_task
from django.utils import timezone

from wallet.winddown.operations import BATCH, advance_wind_down
from wallet.winddown.queries import live_wind_down
from wallet.winddown.steps import after_call_off


@shared_task(name="wallet.winddown.go_on")
def go_on() -> None:
    """Do whatever can be done now of a wind-down, or of its having been called off."""
    for batch in after_call_off():
        while batch(now=timezone.now(), limit=BATCH):
            pass
    found = live_wind_down()
    if found is None or found.ended_at is not None:
        return
    # The clock is read for each batch: a month may end between two.
    while advance_wind_down(now=timezone.now()).done:
        pass
