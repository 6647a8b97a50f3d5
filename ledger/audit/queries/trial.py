"""The trial balance: by asset and kind of account, for a month; each asset sums to zero."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from pathlib import Path

from django.db import connection

_TRIAL = (Path(__file__).parents[1] / "sql" / "trial_v1.sql").read_text()


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialLine:
    """All accounts of a kind in one asset: whole units there before, come, gone (below zero)."""

    kind: str
    opening: int
    came: int
    went: int

    @property
    def closing(self) -> int:
        """Return what was left at the month's end, or is left now."""
        return self.opening + self.came + self.went


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialAsset:
    """One asset's part of a trial balance, and what all of it sums to: zero, or books are broken."""

    asset: str
    lines: list[TrialLine]
    total: TrialLine

    @property
    def is_balanced(self) -> bool:
        """Tell whether what was there, and what moved, sum to zero."""
        return (self.total.opening, self.total.came + self.total.went) == (0, 0)


def trial_balance(month: date) -> list[TrialAsset]:
    """Return a month's trial balance, asset by asset; an asset that no longer matters is left out."""
    with connection.cursor() as cursor:
        cursor.execute(_TRIAL, {"month": month})
        rows = cursor.fetchall()
    return [
        _asset(asset, (row[1:] for row in of_asset))
        for asset, of_asset in groupby(rows, key=lambda row: row[0])
    ]


def _asset(asset: str, rows: Iterable[tuple[str, int, int, int]]) -> TrialAsset:
    lines = [
        TrialLine(kind=kind, opening=opening, came=came, went=went)
        for kind, opening, came, went in rows
    ]
    total = TrialLine(
        kind="",
        opening=sum(line.opening for line in lines),
        came=sum(line.came for line in lines),
        went=sum(line.went for line in lines),
    )
    return TrialAsset(asset=asset, lines=lines, total=total)
