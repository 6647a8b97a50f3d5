"""Waiting for what must come: asked again and again, as long as the slowest machine may need."""

import time
from collections.abc import Callable

from django.db import connection

#: A busy machine is slow, not wrong: what never comes is told of, not what comes late.
WAIT_SECONDS_MAX = 120
POLL_SECONDS = 0.02

# Of sessions of another role whose they are is all that is seen. The view of others' activity
# stands still within a transaction until it is cleared.
_WAITING = """
    SELECT pg_stat_clear_snapshot(), count(DISTINCT pid)
    FROM pg_locks JOIN pg_stat_activity USING (pid)
    WHERE datname = current_database() AND NOT granted
"""


def until(is_so: Callable[[], bool]) -> None:
    """Wait until something is so."""
    ends_at = time.monotonic() + WAIT_SECONDS_MAX
    while not is_so():
        assert time.monotonic() < ends_at, "It did not come to that."
        time.sleep(POLL_SECONDS)


def waiters() -> int:
    """Count the sessions of this database that wait for a lock; another test's are not counted."""
    with connection.cursor() as cursor:
        cursor.execute(_WAITING)
        return int(cursor.fetchone()[1])


def in_line(count: int) -> None:
    """Wait until so many wait for a lock."""
    until(lambda: waiters() >= count)
