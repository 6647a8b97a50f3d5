"""Celery's door to invoices: tell of those that are ready."""

from celery import shared_task
from django.utils import timezone

from wallet.invoices.operations import tell_of_invoices


@shared_task(name="wallet.invoices.tell")
def tell_ready_invoices() -> None:
    """Tell owners of the invoices of months that closed since."""
    while tell_of_invoices(now=timezone.now()):
        pass
