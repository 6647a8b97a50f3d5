"""Reads of an account in time: its balance at an instant, its statement of a range.

The books' order is by month, and in a month as posted. An entry belongs to its month, and in that
month counts from the instant it was booked with: what a close posts stands at the end of the month
it closes, though it was posted in the next.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

from django.db import connection

from ledger.models import Month
from ledger.queries import month_state
from ledger.rules import month_of
from ledger.statements.rules import BEGINNING, END, Place

_PAGE = (Path(__file__).parent / "sql" / "page_v2.sql").read_text()
_INSTANT = timedelta(microseconds=1)
CHUNK_LINES = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """An entry of a statement: its signed amount and the balance after it, in whole units.

    The balance is the one before in the books' order and this amount. `is_closing` tells that a
    month's close posted it: it was posted later than its `at` and than the next month's first.
    """

    place: Place
    transaction: UUID
    kind: str
    is_closing: bool
    at: datetime
    amount: int
    balance: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """A page of an account's statement from an instant until another, the oldest line first.

    `opening` and `closing` are the whole range's, in whole units. `before` and `after` are the
    places from which the page before and the page after go on; None where there is none.
    """

    opening: int
    closing: int
    lines: list[Line]
    before: Place | None
    after: Place | None


def balance_at(account: UUID, *, at: datetime) -> int:
    """Return what an account held at an instant (whole units), all that was booked by then counted."""
    return _number("SELECT public.ledger_balance_at_v2(%s, %s)", account, at + _INSTANT)


def came_in(account: UUID, *, since: datetime, until: datetime) -> int:
    """Return what was added to an account from an instant until another, in whole units."""
    return _number("SELECT public.ledger_came_v2(%s, %s, %s)", account, since, until)


def _number(sql: str, *parameters: UUID | datetime) -> int:
    with connection.cursor() as cursor:
        cursor.execute(sql, list(parameters))
        return int(cursor.fetchone()[0])


def is_settled(*, until: datetime) -> bool:
    """Tell whether nothing can be booked any more before an instant: its month is closed."""
    return month_state(month_of(until - _INSTANT)) == Month.State.CLOSED


def statement_after(
    account: UUID,
    *,
    place: Place = BEGINNING,
    since: datetime | None = None,
    until: datetime | None = None,
    limit: int,
) -> Statement:
    """Return the page after a place of an account's statement from `since` until `until`."""
    found = _page(account, place, since=since, until=until, forward=True, limit=limit + 1)
    lines = found.lines[:limit]
    return Statement(
        opening=found.opening,
        closing=found.closing,
        lines=lines,
        before=lines[0].place if lines and place != BEGINNING else None,
        after=lines[-1].place if len(found.lines) > limit else None,
    )


def statement_before(
    account: UUID,
    *,
    place: Place = END,
    since: datetime | None = None,
    until: datetime | None = None,
    limit: int,
) -> Statement:
    """Return the page before a place of an account's statement from `since` until `until`."""
    found = _page(account, place, since=since, until=until, forward=False, limit=limit + 1)
    lines = found.lines[-limit:]
    return Statement(
        opening=found.opening,
        closing=found.closing,
        lines=lines,
        before=lines[0].place if len(found.lines) > limit else None,
        after=lines[-1].place if lines and place != END else None,
    )


def lines_of(
    account: UUID, *, since: datetime | None = None, until: datetime | None = None
) -> Iterator[Line]:
    """Yield every line of an account's statement, the oldest first, a page read at a time."""
    place: Place | None = BEGINNING
    while place is not None:
        page = statement_after(account, place=place, since=since, until=until, limit=CHUNK_LINES)
        yield from page.lines
        place = page.after


def _page(
    account: UUID,
    place: Place,
    *,
    since: datetime | None,
    until: datetime | None,
    forward: bool,
    limit: int,
) -> Statement:
    asked = {
        "account": account,
        "since": since,
        "until": until,
        "month": place.month,
        "id": place.entry,
        "forward": forward,
        "limit": limit,
    }
    with connection.cursor() as cursor:
        cursor.execute(_PAGE, asked)
        rows = cursor.fetchall()
    lines = [
        Line(
            place=Place(month, entry),
            transaction=transaction,
            kind=kind,
            is_closing=closes,
            at=at,
            amount=amount,
            balance=balance,
        )
        for _, _, month, entry, transaction, kind, closes, at, amount, balance in rows
        if month is not None
    ]
    return Statement(opening=rows[0][0], closing=rows[0][1], lines=lines, before=None, after=None)
