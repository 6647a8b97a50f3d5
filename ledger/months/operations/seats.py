"""Who works at a close: seats, so that one leads it and no more help than were asked to."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import date

from django.db import Error, connections

from ledger.rules import month_name

LEADER = 0  # helpers' seats are 1, 2, …
_TAKE = "SELECT pg_try_advisory_xact_lock(hashtextextended(%s, 0))"


@contextmanager
def a_seat(*, month: date, seat: int) -> Iterator[bool]:
    """Take a seat at a month's close for the length of the block, and yield whether it was free.

    A seat is a lock of a transaction on a connection of its own, so that it is free again as soon
    as whoever has it ends, killed or not. The transaction reads and writes nothing: it keeps
    nobody waiting. Should the connection break, two may lead: slower, not wrong.
    """
    own = connections["default"].copy()
    own.set_autocommit(False)
    try:
        with own.cursor() as cursor:
            cursor.execute(_TAKE, [f"seat {seat} at the close of {month_name(month)}"])
            (is_free,) = cursor.fetchone()
        yield is_free
    finally:
        # The server notices a little later that a connection has ended: who asks at once would find
        # the seat still taken.
        with suppress(Error):  # it may have broken before
            own.rollback()
        own.close()
