"""When a carrier is asked again, and by when an open question is decided at the latest."""

from datetime import date, datetime, timedelta
from enum import StrEnum
from hashlib import sha256
from typing import Final
from uuid import UUID

from ledger.rules import SHANGHAI

#: How long a claim may be worked on; after that its answer is unknown, and only asked for.
LEASE: Final = timedelta(seconds=60)
#: A call is not begun with less of its lease left than the call itself may take.
CALL: Final = timedelta(seconds=15)
#: Older than this and not decided: an admin's case.
UNDECIDED_AFTER: Final = timedelta(hours=48)
#: What never left us in this time is given up: nothing was sent, so nothing can have been done.
UNSENT_MAX: Final = timedelta(hours=24)
#: This many calls in a row without an answer, and the carrier is left alone for a while.
MISSES_MAX: Final = 5
#: What a carrier refuses with when the number is not its own (any more).
NOT_ITS_NUMBER: Final = frozenset({"ported", "not_a_subscriber"})
#: Why it ended, where two persons decided it by what the carrier wrote.
BY_HAND: Final = "by_hand"
#: A final statement may be expected this long after its day.
STATEMENT_FINAL_AFTER: Final = timedelta(hours=2)

_FIRST_SECONDS: Final = 2
_DOUBLINGS_MAX: Final = 9
_REST_DOUBLINGS_MAX: Final = 5


def pause_before(*, instruction: UUID, attempt: int) -> timedelta:
    """Return how long to wait before asking again after this attempt (the first is 1).

    Doubled each time up to 17 minutes, and moved by up to a quarter either way: by the reference
    and the attempt alone, so that a crowd is spread out and a test knows what to expect.
    """
    whole = _FIRST_SECONDS << min(attempt - 1, _DOUBLINGS_MAX)
    drawn = int.from_bytes(sha256(f"{instruction}|{attempt}".encode()).digest()[:4])
    quarter_ms = whole * 250
    return timedelta(milliseconds=whole * 1000 - quarter_ms + drawn % (2 * quarter_ms + 1))


class Breaker(StrEnum):
    """How a carrier is treated: called freely, left alone, or tried by one call."""

    CLOSED = "closed"
    OPEN = "open"
    HALF_OPEN = "half_open"


def breaker_of(*, misses: int, rests_until: datetime | None, now: datetime) -> Breaker:
    """Return how a carrier is treated, by its calls in a row without an answer."""
    if misses < MISSES_MAX:
        return Breaker.CLOSED
    is_resting = rests_until is not None and now < rests_until
    return Breaker.OPEN if is_resting else Breaker.HALF_OPEN


def rest_after(*, misses: int) -> timedelta:
    """Return how long a carrier is left alone after so many calls in a row without an answer."""
    if misses < MISSES_MAX:
        return timedelta(0)
    return timedelta(seconds=_FIRST_SECONDS << min(misses - MISSES_MAX, _REST_DOUBLINGS_MAX))


def day_of(at: datetime) -> date:
    """Return the Asia/Shanghai day of an instant: a carrier's statements are by day."""
    return at.astimezone(SHANGHAI).date()


def midnight_of(day: date) -> datetime:
    """Return the first instant of a day in Asia/Shanghai."""
    return datetime(day.year, day.month, day.day, tzinfo=SHANGHAI)


def decided_by(*, submitted_at: datetime) -> datetime:
    """Return by when what was sent is decided: the statements of its day and the next are final."""
    return midnight_of(day_of(submitted_at) + timedelta(days=2)) + STATEMENT_FINAL_AFTER


def given_up_at(*, created_at: datetime) -> datetime:
    """Return when an instruction that never left us is given up."""
    return created_at + UNSENT_MAX
