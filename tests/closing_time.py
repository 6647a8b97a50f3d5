"""When a close may begin, for tests that go by the wall clock: not in a month's first ten minutes."""

from datetime import datetime, timedelta

from ledger.rules import month_of, starts_at

CLOSES_AFTER = timedelta(minutes=10)


def when_it_may_close(now: datetime) -> datetime:
    """Return this moment, or the first at which the month before may be closed."""
    return max(now, starts_at(month_of(now)) + CLOSES_AFTER)
