"""Open the books of the month, and lead them through their phases."""

import structlog
from celery import shared_task
from django.utils import timezone

from exchange.orders.models import Book
from exchange.orders.operations import BadBookTerms, advance_book, open_book
from ledger.rules import month_of
from wallet.carriers.models import Carrier
from wallet.winddown.queries import is_winding_down

log = structlog.get_logger(__name__)


@shared_task(name="exchange.orders.open_books", ignore_result=True)
def open_books_of_month() -> None:
    """Open a book of this month's data for every carrier that has none, unless the service ends."""
    now = timezone.now()
    if is_winding_down():
        return
    for carrier in Carrier.objects.order_by("code"):
        try:
            open_book(carrier=carrier, month=month_of(now), now=now)
        except BadBookTerms as refused:
            # One carrier's terms keep no other's market closed; an operator mends its policy.
            log.warning("book_not_opened", carrier=carrier.code, why=str(refused))


@shared_task(name="exchange.orders.advance_books", ignore_result=True)
def advance_books() -> None:
    """Put what is due of the books' schedules into their logs; the sweep of writers does it."""
    now = timezone.now()
    for book in Book.objects.filter(closed_at=None).order_by("month", "carrier"):
        advance_book(book=book, now=now)
