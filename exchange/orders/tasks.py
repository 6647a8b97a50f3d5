"""Open the books of the month."""

from celery import shared_task
from django.utils import timezone

from exchange.orders.operations import open_book
from ledger.rules import month_of
from wallet.carriers.models import Carrier
from wallet.winddown.queries import is_winding_down


@shared_task(name="exchange.orders.open_books", ignore_result=True)
def open_books_of_month() -> None:
    """Open a book of this month's data for every carrier that has none, unless the service ends."""
    now = timezone.now()
    if is_winding_down():
        return
    for carrier in Carrier.objects.order_by("code"):
        open_book(carrier=carrier, month=month_of(now), now=now)
