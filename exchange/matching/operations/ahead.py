"""Read and match the next batch of a deep log while the database books the one before it.

What is matched ahead stands in memory only. Should the batch before it fail, the memory is void
and with it what was matched on top of that batch.
"""

from collections.abc import Collection
from concurrent.futures import ThreadPoolExecutor, wait

from django.db import connection

from exchange.matching.operations.batch import Written
from exchange.matching.operations.events import worked_off
from exchange.matching.operations.memory import Memory
from exchange.matching.operations.writing import written_out
from exchange.matching.queries import waiting_events


def next_batch(memory: Memory, *, most: int) -> Written | None:
    """Return the next events matched, at most so many: what was matched ahead, if anything was.

    Raises: whatever matching ahead raised.
    """
    ahead, memory.ahead = memory.ahead, None
    return (ahead.result() if ahead is not None else None) or _matched(memory, most, ())


def look_ahead(memory: Memory, *, most: int, but: Collection[int]) -> None:
    """Begin to match the events behind those that are being booked.

    A thread does it, which reads through a connection of its own. Within a transaction of somebody
    else's that one would not see what is there: then nothing is done.
    """
    if connection.in_atomic_block:
        return
    if memory.thread is None:
        memory.thread = ThreadPoolExecutor(1, thread_name_prefix="matching_ahead")
    memory.ahead = memory.thread.submit(_matched, memory, most, but)


def wait_for_ahead(memory: Memory) -> None:
    """Wait until nobody matches ahead: from then on the memory stands still."""
    if memory.ahead is not None:
        wait([memory.ahead])


def _matched(memory: Memory, most: int, but: Collection[int]) -> Written | None:
    events = waiting_events(memory.book_id, most=most, since=memory.waits_from, but=but)
    if not events:
        return None
    return written_out(memory=memory, batch=worked_off(memory=memory, events=events))
