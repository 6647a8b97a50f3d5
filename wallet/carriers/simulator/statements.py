"""A simulated carrier's statements: what was booked on a day, and the breaks planted in them."""

import sqlite3
from datetime import datetime, timedelta
from typing import Final

from wallet.carriers.adaptors.wire import written
from wallet.carriers.simulator.faults import Faults, drawn
from wallet.carriers.simulator.state import State

#: A day is final this long after its end.
FINAL_AFTER: Final = timedelta(hours=1)

_CLOSED_THROUGH: Final = "statements closed through"
_COPY_LINE: Final = (
    "INSERT INTO line (booked_at, id, ref, type, msisdn, month, package, mb)"
    " SELECT booked_at, id || ?, ? || ref, type, msisdn, month, package, mb + ?"
    " FROM action WHERE ref = ?"
)


def book_lines(*, state: State, ref: str, faults: Faults) -> None:
    """List an applied action, or break the statement where a break is due."""
    broken = faults.strikes(fault="statement_breaks", subject=ref, attempt=0)
    kind = drawn(seed=faults.seed, text=f"kind of break|{ref}") % 4 if broken else None
    if kind != 0:  # 0: the line is missing
        state.write(_COPY_LINE, "", "", 0 if kind != 1 else 1, ref)  # 1: another amount
    if kind == 2:  # listed twice
        state.write(_COPY_LINE, "", "", 0, ref)
    if kind == 3:  # somebody else's line beside it
        state.write(_COPY_LINE, "-stranger", "stranger-", 0, ref)


def lines_booked(
    *, state: State, start: datetime, end: datetime, now: datetime, offset: int, limit: int
) -> tuple[list[sqlite3.Row], int]:
    """Return a page of the lines booked from start to end, and how many there are in all."""
    between = (written(instant=start), written(instant=end), written(instant=now))
    counted = state.one(
        "SELECT count(*) AS lines FROM line"
        " WHERE booked_at >= ? AND booked_at < ? AND booked_at <= ?",
        *between,
    )
    page = state.every(
        "SELECT * FROM line WHERE booked_at >= ? AND booked_at < ? AND booked_at <= ?"
        " ORDER BY booked_at, seq LIMIT ? OFFSET ?",
        *between,
        limit,
        offset,
    )
    return page, 0 if counted is None else int(counted["lines"])


def is_final(*, state: State, end: datetime, now: datetime) -> bool:
    """Say whether a statement up to `end` is final; once said, nothing is booked before it."""
    if now < end + FINAL_AFTER:
        return False
    with state.writing():
        state.write(
            "INSERT INTO fact (name, value) VALUES (?, ?) ON CONFLICT (name)"
            " DO UPDATE SET value = max(value, excluded.value)",
            _CLOSED_THROUGH,
            written(instant=end),
        )
    return True


def first_open_instant(*, state: State) -> str:
    """Return the earliest instant that may still be booked at."""
    row = state.one("SELECT value FROM fact WHERE name = ?", _CLOSED_THROUGH)
    return "" if row is None else str(row["value"])
