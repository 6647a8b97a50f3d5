"""Look the books' logs through, a stretch at a time."""

from celery import shared_task
from django.utils import timezone

from exchange.surveillance.operations import watch_book
from exchange.surveillance.queries import books_to_watch

STRETCHES_MAX = 20


@shared_task(name="exchange.surveillance.watch_books", ignore_result=True)
def watch_books() -> int:
    """Look at what is new in every book, and return how many events that were.

    A book with more than some stretches waits for the next time: no other waits for it.
    """
    looked = 0
    for book in books_to_watch().values_list("pk", flat=True):
        for _ in range(STRETCHES_MAX):
            count = watch_book(book_id=book, now=timezone.now())
            looked += count
            if not count:
                break
    return looked
