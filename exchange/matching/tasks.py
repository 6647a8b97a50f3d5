"""Run the writers of the books: nudged by a door, swept up by beat."""

import logging
import math
import time
from dataclasses import dataclass, field
from uuid import UUID

from celery import shared_task
from django.utils import timezone

from exchange.matching.operations import (
    ChangedOrder,
    Follower,
    Memory,
    book_batch,
    lower_wrong_bounds,
    release_book,
    take_book,
)
from exchange.orders.queries import books_with_work, has_waiting_events
from wallet.carriers.tasks import nudge

RUN_SECONDS = 60
IDLE_SECONDS = 0.3
POLL_SECONDS = 0.02
TELL_SECONDS = 0.2  # a book's followers are told no more often, and after its last batch

_log = logging.getLogger(__name__)
_followers: list[Follower] = []


def follow_batches(follower: Follower) -> None:
    """Have something done after batches of a book: what it shows has changed, and these orders."""
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


@shared_task(name="exchange.matching.find_missed_events", ignore_result=True)
def find_missed_events() -> None:
    """Look for events that no writer would come to, and have their books read from the beginning."""
    for book in lower_wrong_bounds():
        _log.error("Events of %s waited below %s, where nothing waits.", book, book.waits_from)


@dataclass(slots=True)
class _News:
    """What the followers of a book have not been told yet."""

    book: UUID
    changed: dict[str, ChangedOrder] = field(default_factory=dict)
    is_told: bool = True
    tell_at: float = 0.0

    def add(self, memory: Memory) -> None:
        """Note what the last batch changed, now that it is booked."""
        self.is_told = False
        if memory.booked is not None:
            self.changed |= memory.booked.changed

    def tell(self, *, clock: float) -> None:
        """Tell the followers, unless they know or were told just now."""
        if not self.is_told and clock >= self.tell_at:
            changed, self.changed = list(self.changed.values()), {}
            self.is_told, self.tell_at = True, clock + TELL_SECONDS
            for follower in _followers:
                follower(self.book, changed)


def _write(memory: Memory, *, ends_at: float) -> int:
    """Book batches until the log has been empty for a moment or the time is over."""
    booked, idle_at, news = 0, time.monotonic() + IDLE_SECONDS, _News(memory.book_id)
    try:
        while (clock := time.monotonic()) < min(ends_at, idle_at):
            count = book_batch(memory=memory, now=timezone.now())
            if count is not None:
                booked, idle_at = booked + count, clock + IDLE_SECONDS
                news.add(memory)
            news.tell(clock=clock)
            if count is None:
                time.sleep(POLL_SECONDS)
    finally:
        # Whatever ended it: what is booked is told.
        news.tell(clock=math.inf)
    return booked
