"""Celery's doors to closures."""

from uuid import uuid4

from celery import shared_task
from django.utils import timezone

from wallet.closures.operations import take_back_given_up


@shared_task(name="wallet.closures.take_back_given_up")
def take_back() -> None:
    """Give what closed wallets left back to the coins' issuers."""
    take_back_given_up(key=uuid4(), now=timezone.now())
