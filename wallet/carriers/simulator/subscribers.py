"""Load a simulated carrier's subscribers: usage files and tables of ported numbers."""

import csv
import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Final

from ledger.rules import SHANGHAI
from wallet.carriers.adaptors.wire import MB_MAX, Unreadable, written
from wallet.carriers.rules import is_carrier_code, is_msisdn
from wallet.carriers.simulator.state import State

USAGE_HEADER: Final = [
    *("msisdn", "carrier", "province", "month", "package"),
    *("kind", "allowance_mb", "used_mb", "as_of", "final"),
]
PORTED_HEADER: Final = ["msisdn", "carrier"]

_MONTH: Final = re.compile(r"20[0-9]{2}-(?:0[1-9]|1[0-2])")

_UPSERT_BUCKET: Final = (
    "INSERT INTO bucket (msisdn, month, package, kind, province, allowance_mb, used_mb, as_of)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
    " ON CONFLICT (msisdn, month, package) DO UPDATE SET kind = excluded.kind,"
    " province = excluded.province, allowance_mb = excluded.allowance_mb,"
    " used_mb = excluded.used_mb, as_of = excluded.as_of WHERE excluded.as_of >= bucket.as_of"
)
_UPSERT_PORTED: Final = "INSERT OR REPLACE INTO ported (msisdn, carrier) VALUES (?, ?)"


class FileUnreadable(Exception):
    """A file has a line that means nothing here."""


def load_usage(*, state: State, path: Path, carrier: str) -> None:
    """Take one carrier's lines of a usage file; a later `as_of` replaces an earlier one.

    Raises:
        FileUnreadable: the file, its header or a line cannot be read; nothing is loaded.
    """
    with state.writing():
        state.write_each(_UPSERT_BUCKET, _buckets_in(path=path, carrier=carrier))


def load_ported(*, state: State, path: Path) -> None:
    """Take a table of numbers and the carrier each belongs to now.

    Raises:
        FileUnreadable: the file, its header or a line cannot be read; nothing is loaded.
    """
    with state.writing():
        state.write_each(_UPSERT_PORTED, _ported_in(path=path))


def _buckets_in(*, path: Path, carrier: str) -> Iterator[tuple[str | int, ...]]:
    for number, row in _rows(path=path, header=USAGE_HEADER):
        if row["carrier"] != carrier:
            continue
        if not is_msisdn(text=row["msisdn"]) or not _MONTH.fullmatch(row["month"]):
            raise FileUnreadable(f"{path}, line {number}: no number or no month.")
        if not row["package"] or not row["kind"]:
            raise FileUnreadable(f"{path}, line {number}: no package or no kind.")
        try:
            yield (
                *(row[name] for name in ("msisdn", "month", "package", "kind", "province")),
                _mb(text=row["allowance_mb"]),
                _mb(text=row["used_mb"]),
                _as_of(text=row["as_of"]),
            )
        except Unreadable as error:
            raise FileUnreadable(f"{path}, line {number}: {error}") from error


def _ported_in(*, path: Path) -> Iterator[tuple[str | int, ...]]:
    for number, row in _rows(path=path, header=PORTED_HEADER):
        if not is_msisdn(text=row["msisdn"]) or not is_carrier_code(row["carrier"]):
            raise FileUnreadable(f"{path}, line {number}: no number or no carrier.")
        yield row["msisdn"], row["carrier"]


def _rows(*, path: Path, header: list[str]) -> Iterator[tuple[int, dict[str, str]]]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            lines = csv.reader(file, strict=True)
            if next(lines, None) != header:
                raise FileUnreadable(f"{path}, line 1: the header must be {','.join(header)}.")
            for values in lines:
                if len(values) != len(header):
                    raise FileUnreadable(
                        f"{path}, line {lines.line_num}: {len(header)} fields are due."
                    )
                yield lines.line_num, dict(zip(header, values, strict=True))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise FileUnreadable(f"{path} cannot be read: {error}") from error


def _mb(*, text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 11 and int(text) <= MB_MAX):
        raise Unreadable("An amount is no whole number of MB.")
    return int(text)


def _as_of(*, text: str) -> str:
    """Read a date or a time; one without an offset is Asia/Shanghai's."""
    try:
        instant = datetime.fromisoformat(text)
        aware = instant if instant.tzinfo else instant.replace(tzinfo=SHANGHAI)
        return written(instant=aware)
    except (ValueError, OverflowError) as error:
        raise Unreadable("as_of is no date.") from error
