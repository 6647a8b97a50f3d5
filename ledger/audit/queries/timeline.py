"""Entries across accounts, merged, newest first: of somebody, or of one thing's addresses."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Q

from ledger.models import Account, Month
from ledger.queries import Holding, holdings_at, holdings_under
from ledger.registry import Cause, cause_of, owned_by
from ledger.rules import SHANGHAI, month_after, month_of, starts_at

_SQL = Path(__file__).parents[1] / "sql"
TIMELINE = (_SQL / "timeline_v2.sql").read_text()
_OF_DAY = (_SQL / "timeline_of_day_v1.sql").read_text()
LINES_SHOWN = 50
# Months looked into at once: few where much happened, more while nothing is found.
WINDOWS = (1, 3, 12, 1_200)
# Rows of the apps say when a thing began and ended; its entries may be a little off.
SLACK = timedelta(days=1)
ID_MAX = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Place:
    """A place in the order of a timeline: an entry's month and id."""

    month: date
    id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Which part of a timeline: below a place, of one day (Asia/Shanghai), of one size."""

    below: Place | None = None
    day: date | None = None
    amount: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One entry: signed whole units of its asset, and what stands behind its address."""

    month: date
    id: int
    account_id: UUID
    address: str
    asset: str
    transaction_id: UUID
    kind: str
    at: datetime
    amount: int
    balance_after: int | None
    cause: Cause | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeline:
    """A page of lines, newest first; `below` is the place to ask for older ones, None at the end."""

    lines: list[Line]
    below: Place | None


def timeline_of(holder: UUID, *, asked: Asked, now: datetime) -> Timeline:
    """Return somebody's entries: of its wallet and of everything that is or was set aside for it."""
    lines: list[Line] = []
    for first, last in _windows(asked=asked, now=now):
        owned = owned_by(
            holder, start=starts_at(first) - SLACK, end=starts_at(month_after(last)) + SLACK
        )
        lines += _lines(_accounts(owned), asked=asked, first=first, last=last)
        if len(lines) > LINES_SHOWN:
            break
    return _page(lines)


def timeline_at(address: str, *, asked: Asked, now: datetime) -> Timeline:
    """Return the entries at an address and at those below it."""
    lines: list[Line] = []
    accounts = _accounts([address, f"{address}/"])
    for first, last in _windows(asked=asked, now=now):
        lines += _lines(accounts, asked=asked, first=first, last=last)
        if len(lines) > LINES_SHOWN:
            break
    return _page(lines)


def held_by(holder: UUID, *, now: datetime) -> list[Holding]:
    """Return what somebody has now and where it lies, what is set aside included."""
    owned = owned_by(holder, start=now - SLACK, end=now + SLACK)
    exact = holdings_at([address for address in owned if not address.endswith("/")])
    under = [held for one in owned if one.endswith("/") for held in holdings_under(one)]
    return [*under, *exact]


def _page(lines: list[Line]) -> Timeline:
    shown = lines[:LINES_SHOWN]
    below = Place(shown[-1].month, shown[-1].id) if len(lines) > LINES_SHOWN else None
    return Timeline(lines=shown, below=below)


def _windows(*, asked: Asked, now: datetime) -> Iterator[tuple[date, date]]:
    """Return windows of months, the newest first, wider and wider, back to the first month."""
    earliest = Month.objects.order_by("month").values_list("month", flat=True).first()
    last = asked.below.month if asked.below else month_after(month_of(now))
    if asked.day:
        month = asked.day.replace(day=1)
        last, earliest = min(last, month), month
    for months in WINDOWS:
        if earliest is None or last < earliest:
            return
        first = max(month_after(last, 1 - months), earliest)
        yield first, last
        last = month_after(first, -1)


def _accounts(addresses: Iterable[str]) -> list[UUID]:
    exact = [address for address in addresses if not address.endswith("/")]
    among = Q(address__in=exact)
    for prefix in addresses:
        if prefix.endswith("/"):
            among |= Q(address__startswith=prefix)
    return list(Account.objects.filter(among).order_by().values_list("pk", flat=True))


def _lines(accounts: list[UUID], *, asked: Asked, first: date, last: date) -> list[Line]:
    """Return a page of lines and one more, of a window of months, the newest first."""
    months = Month.objects.filter(month__range=(first, last)).order_by("-month")
    rows: list[dict[str, Any]] = []
    for month in months.values_list("month", flat=True) if accounts else ():
        rows += _rows(accounts, asked=asked, month=month)
        if len(rows) > LINES_SHOWN:
            break
    causes = {address: cause_of(address) for address in {row["address"] for row in rows}}
    return [Line(**row, cause=causes[row["address"]]) for row in rows]


def _rows(accounts: list[UUID], *, asked: Asked, month: date) -> list[dict[str, Any]]:
    # A month at a time: the planner then sees one partition and its key, which is the order.
    below = asked.below.id if asked.below and asked.below.month == month else ID_MAX
    day = asked.day and datetime(asked.day.year, asked.day.month, asked.day.day, tzinfo=SHANGHAI)
    parameters: dict[str, Any] = {
        "accounts": accounts,
        "month": month,
        "below": below,
        "amount": asked.amount,
        "from": day,
        "until": day and day + timedelta(days=1),
        "rows": LINES_SHOWN + 1,
    }
    with connection.cursor() as cursor:
        cursor.execute(_OF_DAY if day else TIMELINE, parameters)
        names = [column.name for column in cursor.description or ()]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
