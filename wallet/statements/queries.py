"""What a subscriber's month comes to, account by account."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from ledger.models import Account, Entry, Month
from ledger.months.queries import StatementLine, statement_at
from ledger.queries import month_state
from ledger.rules import month_after, month_name, month_named, month_of
from ledger.seals.queries import head_fields, head_of_month
from wallet.holders.models import Holder
from wallet.holders.rules import UnknownId
from wallet.home.queries import entries_of

MONTHS_SHOWN = 36


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """One place where a subscriber keeps something, and what its month came to by asset."""

    address: str
    lines: list[StatementLine]


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthStatement:
    """A subscriber's month: final once the month is closed, and then sealed under a root."""

    month: date
    is_final: bool
    root: str
    places: list[Place]
    entries: int


def months_of(holder: Holder, *, now: datetime) -> list[date]:
    """Return the months a holder's statements may be asked for, the newest first."""
    first = month_of(holder.opened_at)
    this = month_of(now)
    months = [month_after(this, -back) for back in range(MONTHS_SHOWN)]
    return [month for month in months if month >= first]


def month_asked(text: str, *, now: datetime) -> date:
    """Return the month that an address names.

    Raises:
        UnknownId: it is no month, or none that has begun.
    """
    try:
        month = month_named(text)
    except ValueError:
        month = None
    if month is None or month > month_of(now) or month_state(month) is None:
        raise UnknownId("No statement is of such a month.")
    return month


def month_statement(holder: Holder, *, month: date) -> MonthStatement:
    """Return what a holder's month came to, place by place: the wallet first, then the lines."""
    entries = entries_of(holder, month=month)
    addresses = _addresses(holder, month=month)
    places = [Place(address=one, lines=statement_at(one, month=month)) for one in addresses]
    head = head_of_month(month)
    return MonthStatement(
        month=month,
        is_final=month_state(month) == Month.State.CLOSED,
        root=str(head_fields(head)["root"]) if head else "",
        places=[place for place in places if place.lines],
        entries=entries.count(),
    )


def _addresses(holder: Holder, *, month: date) -> list[str]:
    """Return where something lay or moved: what is held at `holder/…`, and where entries are."""
    own = set(
        Account.objects.filter(address__startswith=f"holder/{holder.pk}/").values_list(
            "address", flat=True
        )
    )
    moved = entries_of(holder).order_by().values_list("account__address", flat=True).distinct()
    return sorted(
        own | set(moved), key=lambda address: (not address.startswith("holder/"), address)
    )


def lines_of_month(holder: Holder, *, month: date) -> Iterator[Entry]:
    """Return a holder's entries of a month in the order they were posted."""
    return entries_of(holder, month=month).order_by("id").iterator(chunk_size=500)


def name_of(month: date) -> str:
    """Return what a month's files are called by."""
    return f"flow-coin-{month_name(month)}"
