"""Celery's doors to the holders."""

from celery import shared_task
from django.utils import timezone

from wallet.holders.operations import forget_unverified


@shared_task(name="wallet.holders.forget_unverified")
def forget_who_never_came() -> None:
    """Remove those who asked for a code and never sent it back."""
    forget_unverified(now=timezone.now())
