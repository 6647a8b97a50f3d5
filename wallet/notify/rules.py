"""When it is night, how long to wait before the next try, what may be told how: arithmetic."""

from collections.abc import Mapping
from datetime import datetime, time, timedelta
from hashlib import sha256
from typing import Final
from uuid import UUID

from ledger.rules import SHANGHAI

#: How long one try may take; after that nobody knows how far it came.
LEASE: Final = timedelta(seconds=60)
#: So often a letter is handed over, or asked about, before it is given up.
TRIES_MAX: Final = 8
#: An address may be asked to be confirmed this long, and so often a day.
CONFIRM_WITHIN: Final = timedelta(hours=24)
#: Sent whatever the hour and whatever was chosen: whoever asked is waiting for it.
URGENT: Final = frozenset({"mail_confirm"})

_FIRST_SECONDS: Final = 20
_DOUBLINGS_MAX: Final = 7


def is_night(now: datetime, *, from_hour: int, until_hour: int) -> bool:
    """Tell whether it is quiet (Asia/Shanghai): from one hour on, until the other; equal: never."""
    hour = now.astimezone(SHANGHAI).hour
    if from_hour <= until_hour:
        return from_hour <= hour < until_hour
    return hour >= from_hour or hour < until_hour


def night_ends(now: datetime, *, from_hour: int, until_hour: int) -> datetime:
    """Return when a letter may go out: now, or when the night that it is ends."""
    if not is_night(now, from_hour=from_hour, until_hour=until_hour):
        return now
    here = now.astimezone(SHANGHAI)
    morning = datetime.combine(here.date(), time(until_hour), tzinfo=SHANGHAI)
    return morning if morning > here else morning + timedelta(days=1)


def pause_after(*, message: UUID, attempt: int) -> timedelta:
    """Return how long to wait after this try (the first is 1).

    Doubled each time up to 43 minutes, and moved by up to a quarter either way: by the message
    and the try alone, so that a crowd is spread out and a test knows what to expect.
    """
    whole = _FIRST_SECONDS << min(attempt - 1, _DOUBLINGS_MAX)
    drawn = int.from_bytes(sha256(f"{message}|{attempt}".encode()).digest()[:4])
    quarter_ms = whole * 250
    return timedelta(milliseconds=whole * 1000 - quarter_ms + drawn % (2 * quarter_ms + 1))


def is_wanted(*, kind: str, chosen: Mapping[str, bool], by_default: bool) -> bool:
    """Tell whether a person wants a kind by a way, by what it chose for that way."""
    if kind in URGENT:
        return True
    return "" not in chosen and chosen.get(kind, by_default)
