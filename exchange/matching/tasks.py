"""Run the writers of the books: nudged by a door, swept up by beat."""

import time
from collections.abc import Callable
from uuid import UUID

from celery import shared_task
from django.utils import timezone

from exchange.matching.operations import Memory, book_batch, release_book, take_book
from exchange.orders.queries import books_with_work, has_waiting_events
from wallet.carriers.tasks import nudge

RUN_SECONDS = 60
IDLE_SECONDS = 0.3
POLL_SECONDS = 0.02
TELL_SECONDS = 0.2  # a book's followers are told no more often, and after its last batch

_followers: list[Callable[[UUID], None]] = []


def follow_batches(follower: Callable[[UUID], None]) -> None:
    """Have something done after batches of a book: what it shows has changed."""
    _followers.append(follower)


@shared_task(name="exchange.matching.run_writer", ignore_result=True)
def run_writer(book: str) -> int:
    """Work off a book's log for at most a minute, and return how many events that were."""
    book_id, booked = UUID(book), 0
    ends_at = time.monotonic() + RUN_SECONDS
    while time.monotonic() < ends_at:
        memory = take_book(book_id=book_id, now=timezone.now())
        if memory is None:
            break
        try:
            booked += _write(memory, ends_at=ends_at)
        finally:
            release_book(memory)
        # An event whose nudge found the lease still taken came before it was given back.
        if not has_waiting_events(book_id):
            break
    return booked


@shared_task(name="exchange.matching.run_waiting_writers", ignore_result=True)
def run_waiting_writers() -> None:
    """Start the writers of books with something to do, should a nudge have been lost."""
    for book_id in books_with_work().values_list("pk", flat=True):
        nudge(run_writer, book=str(book_id))


def _write(memory: Memory, *, ends_at: float) -> int:
    """Book batches until the log has been empty for a moment or the time is over."""
    booked, idle_at, tell_at, is_told = 0, time.monotonic() + IDLE_SECONDS, 0.0, True
    while (clock := time.monotonic()) < min(ends_at, idle_at):
        count = book_batch(memory=memory, now=timezone.now())
        if count is not None:
            booked, idle_at, is_told = booked + count, clock + IDLE_SECONDS, False
        if not is_told and clock >= tell_at:
            _tell_followers(memory.book_id)
            tell_at, is_told = clock + TELL_SECONDS, True
        if count is None:
            time.sleep(POLL_SECONDS)
    if not is_told:
        _tell_followers(memory.book_id)
    return booked


def _tell_followers(book: UUID) -> None:
    for follower in _followers:
        follower(book)
