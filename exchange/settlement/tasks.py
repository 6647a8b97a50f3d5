"""Close the books of months that have ended."""

from celery import shared_task
from django.utils import timezone

from exchange.market.tasks import follow_committed
from exchange.settlement.operations import close_books
from ledger.rules import month_after, month_of


@shared_task(name="exchange.settlement.close_ended_books", ignore_result=True)
def close_ended_books() -> None:
    """Close what is still open of earlier months, and give its orders back."""
    now = timezone.now()
    close_books(month=month_after(month_of(now), -1), now=now, follower=follow_committed)
