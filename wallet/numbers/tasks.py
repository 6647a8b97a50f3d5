"""Celery's doors to numbers."""

from celery import shared_task
from django.utils import timezone

from wallet.numbers.operations import keep_what_came_back


@shared_task(name="wallet.numbers.keep_what_came_back")
def keep_what_came_back_to_lines() -> None:
    """Keep for former holders what came back to the lines of numbers they released."""
    keep_what_came_back(now=timezone.now())
