"""What of the market is left to end."""

from datetime import datetime

from django.db.models import QuerySet

from exchange.orders.models import Book
from exchange.orders.queries import books_with_work
from ledger.models import Balance
from ledger.rules import COIN, month_name, month_of


def books_left() -> int:
    """Return how many books are open or have something in their log to be worked off."""
    open_books = set(Book.objects.filter(closed_at__isnull=True).values_list("pk", flat=True))
    return len(open_books | set(books_with_work().values_list("pk", flat=True)))


def purses_left(*, now: datetime) -> int:
    """Return how many sellers and buyers of this month are not paid out."""
    return _purses().filter(account__address__endswith=f"/{month_name(month_of(now))}").count()


def market_left(now: datetime) -> int:
    """Return how many books are open and purses full; those of earlier months wait for a close."""
    return books_left() + _purses().count()


def _purses() -> QuerySet[Balance]:
    return Balance.objects.filter(
        account__asset=COIN,
        account__kind__in=("holder proceeds", "holder fees"),
        balance__gt=0,
    )
