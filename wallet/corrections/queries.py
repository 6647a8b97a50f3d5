"""Reads of what came after a month's close: each correction, and what all of them come to."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import QuerySet

from ledger.models import Month
from ledger.queries import month_state
from ledger.rules import month_name, month_named
from wallet.carriers.models import Break
from wallet.holders.rules import UnknownId

_CORRECTIONS = (Path(__file__).parent / "sql" / "corrections_v1.sql").read_text()
_LISTED = f"{_CORRECTIONS} ORDER BY t.at DESC, t.id DESC LIMIT %(limit)s OFFSET %(skip)s"
_SUMMED = f"""
    SELECT c.posted, c.kind, c.carrier, c.file, c.is_late, moved.asset, count(DISTINCT c.id),
           sum(moved.amount::bigint)::bigint
    FROM ({_CORRECTIONS}) AS c
    CROSS JOIN LATERAL jsonb_each_text(c.moved) AS moved (asset, amount)
    GROUP BY GROUPING SETS ((1, 2, 3, 4, 5), (1, 2, 3, 4, 5, 6))
    ORDER BY 1, 3, 2, 5, 4, 6 NULLS FIRST
"""  # noqa: S608  our own file


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """One transaction that a closed month caused: what it moved (units by asset), and why.

    `file` is the usage file that its figures come from, empty where none is known or none has to
    do with it; `is_late` says that the file came after the close had begun.
    """

    transaction: UUID
    kind: str
    posted: date
    at: datetime
    carrier: str
    msisdn: str
    package: str
    file: str
    read_at: datetime | None
    is_late: bool
    moved: Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Corrected:
    """What corrections of one kind, carrier and file come to in one month of posting."""

    posted: date
    kind: str
    carrier: str
    file: str
    is_late: bool
    transactions: int
    moved: dict[str, int] = field(default_factory=dict)


def corrections_of(
    month: date, *, carrier: str = "", skip: int = 0, limit: int = 100
) -> list[Correction]:
    """Return what was posted after a month's close for its sake, the newest first."""
    asked = {"month": month, "carrier": carrier, "skip": skip, "limit": limit}
    return [
        Correction(
            transaction=row[0],
            kind=row[1],
            posted=row[2],
            at=row[3],
            carrier=row[4],
            msisdn=row[5],
            package=row[6],
            file=row[7],
            read_at=row[8],
            is_late=row[9],
            moved=json.loads(row[10]),
        )
        for row in _read(_LISTED, asked)
    ]


def corrected_in(month: date, *, carrier: str = "") -> list[Corrected]:
    """Return what the corrections of a month come to, by month of posting, carrier and file."""
    found: list[Corrected] = []
    for posted, kind, of, file, is_late, asset, count, amount in _read(
        _SUMMED, {"month": month, "carrier": carrier}
    ):
        if asset is None:
            found.append(
                Corrected(
                    posted=posted,
                    kind=kind,
                    carrier=of,
                    file=file,
                    is_late=is_late,
                    transactions=count,
                )
            )
        else:
            found[-1].moved[asset] = amount
    return found


def month_asked(text: str) -> date:
    """Return the month that an address names.

    Raises:
        UnknownId: it is no month of the ledger's.
    """
    try:
        month = month_named(text)
    except ValueError:
        month = None
    if month is None or month_state(month) is None:
        raise UnknownId("There is no such month.")
    return month


def changed_figures(month: date, *, carrier: str = "") -> QuerySet[Break]:
    """Return what files said of a closed month's final figures and nobody has decided yet."""
    if month_state(month) != Month.State.CLOSED:
        return Break.objects.none()
    rows = Break.objects.filter(
        kind=Break.Kind.FINAL_USAGE_CHANGED,
        reference__contains=f"/{month_name(month)}/",
        resolved_at=None,
    )
    rows = rows.filter(carrier=carrier) if carrier else rows
    return rows.order_by("-found_at", "-id")


def _read(sql: str, asked: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, asked)
        return list(cursor.fetchall())
