"""Waiting for what must come: asked again and again, as long as the slowest machine may need."""

import time
from collections.abc import Callable
from typing import LiteralString

import psycopg
from django.db import connection

from tests import servers

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
_OTHERS = """
    SELECT count(*) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()
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


def until_one_waits(*, database: str) -> None:
    """Wait until somebody waits for a lock; the one who looks is the database's owner."""
    _until_as_owner(_WAITING, lambda count: count > 0, database=database)


def until_all_left(*, database: str) -> None:
    """Wait until nobody is connected: what the dead left in hand comes to its end first."""
    _until_as_owner(_OTHERS, lambda count: count == 0, database=database)


def _until_as_owner(
    question: LiteralString, is_so: Callable[[int], bool], *, database: str
) -> None:
    def is_seen() -> bool:
        row = owner.execute(question).fetchone()
        assert row is not None
        return is_so(int(row[-1]))

    with psycopg.connect(servers.server_url(database=database), autocommit=True) as owner:
        until(is_seen)
