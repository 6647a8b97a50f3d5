"""Places in the books' order, and days in Shanghai."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from ledger.rules import AMOUNT_MAX, SHANGHAI, month_name, month_named


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A place in the books' order: just at an entry of a month."""

    month: date
    entry: int


BEGINNING = Place(date.min, 0)
END = Place(date.max, AMOUNT_MAX)


def place_name(place: Place) -> str:
    """Return a place as addresses say it: 2026-11.1234."""
    return f"{month_name(place.month)}.{place.entry}"


def place_named(name: str) -> Place:
    """Return the place that a name like 2026-11.1234 means.

    Raises:
        ValueError: the name is no place.
    """
    month, _dot, entry = name.partition(".")
    if not entry.isdecimal() or not 0 < int(entry[:20]) <= AMOUNT_MAX:
        raise ValueError(f"{name!r} is no place")
    return Place(month_named(month), int(entry))


def day_begins(day: date) -> datetime:
    """Return a day's first instant (Asia/Shanghai)."""
    return datetime(day.year, day.month, day.day, tzinfo=SHANGHAI)


def day_ends(day: date) -> datetime:
    """Return the instant a day ends at (Asia/Shanghai), which is the next day's.

    Raises:
        OverflowError: no day comes after it.
    """
    return day_begins(day + timedelta(days=1))
