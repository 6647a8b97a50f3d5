"""Celery's doors to own data: post what carriers decided, roll what came late."""

from celery import shared_task
from django.utils import timezone

from wallet.rollover.operations.deposits import settle_deposits
from wallet.rollover.operations.late import roll_late
from wallet.rollover.operations.take_backs import settle_take_backs


@shared_task(name="wallet.rollover.settle")
def settle() -> None:
    """Post every outcome that waits."""
    while settle_deposits(now=timezone.now()):
        pass
    while settle_take_backs(now=timezone.now()):
        pass


@shared_task(name="wallet.rollover.roll_what_waited")
def roll_what_waited() -> None:
    """Roll what months' closes left waiting."""
    roll_late(now=timezone.now())
