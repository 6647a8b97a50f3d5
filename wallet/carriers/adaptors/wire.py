"""TMF654 v4 on the wire: JSON, quantities, periods and the names both ends agree on."""

import json
import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Final

from ledger.rules import SHANGHAI, month_after, month_name, month_of

BASE_PATH: Final = "/tmf-api/prepayBalanceManagement/v4"
SIMULATED_NOW_HEADER: Final = "X-Simulated-Now"
CORRELATION_HEADER: Final = "X-Correlation-ID"
FINAL_HEADER: Final = "X-Statement-Final"
TOTAL_HEADER: Final = "X-Total-Count"
TOPUP_PACKAGE: Final = "topup"
MB_MAX: Final = 1_000_000_000

_WHOLE: Final = re.compile(r"-?[0-9]{1,12}\.0+")


class Unreadable(ValueError):
    """The other end sent something we cannot be sure we understand."""


class _Fraction(str):
    """A JSON number with a point or an exponent, kept as it was written: never a float."""

    __slots__ = ()


def read_json(*, data: bytes) -> object:
    """Parse JSON without ever making a float of a number.

    Raises:
        Unreadable: it is not JSON.
    """
    try:
        return json.loads(data, parse_float=_Fraction, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise Unreadable("The body is not JSON.") from error


def _refuse_constant(name: str) -> object:
    raise ValueError(f"{name} is not JSON.")


def member(value: object, *path: str | int) -> object:
    """Return what stands at a path of keys and indexes, or None."""
    for step in path:
        if isinstance(step, str) and isinstance(value, Mapping):
            value = value.get(step)
        elif isinstance(step, int) and isinstance(value, list) and len(value) > step:
            value = value[step]
        else:
            return None
    return value


def text_at(value: object, *path: str | int) -> str:
    """Return the text that stands at a path.

    Raises:
        Unreadable: there is none.
    """
    found = member(value, *path)
    if not isinstance(found, str) or isinstance(found, _Fraction) or not found:
        raise Unreadable(f"{'.'.join(map(str, path))} is missing.")
    return found


def quantity(*, mb: int) -> dict[str, object]:
    """Write whole MB as a TMF quantity."""
    return {"amount": mb, "units": "MB"}


def whole_mb(*, value: object) -> int:
    """Read a TMF quantity as whole MB; `50.0` is whole, as Java writes it, `50.5` is refused.

    Raises:
        Unreadable: other units, a fraction, or an amount beyond any package.
    """
    if member(value, "units") != "MB":
        raise Unreadable("Units must be MB.")
    amount = member(value, "amount")
    if isinstance(amount, _Fraction) and _WHOLE.fullmatch(amount):
        amount = int(amount.partition(".")[0])
    if not isinstance(amount, int) or isinstance(amount, bool) or abs(amount) > MB_MAX:
        raise Unreadable("The amount must be a whole number of MB.")
    return amount


def read_instant(*, text: str) -> datetime:
    """Read an RFC 3339 instant.

    Raises:
        Unreadable: it is none, or it bears no offset.
    """
    try:
        instant = datetime.fromisoformat(text)
        if instant.tzinfo is not None:
            return instant.astimezone(SHANGHAI)
    except (ValueError, OverflowError) as error:
        raise Unreadable("A time is not RFC 3339.") from error
    raise Unreadable("A time has no offset.")


def written(*, instant: datetime) -> str:
    """Write an instant as RFC 3339 in UTC; equal instants become equal text."""
    return instant.astimezone(UTC).isoformat(timespec="microseconds")


def start_of(*, day: date) -> datetime:
    """Return a day's first instant in Asia/Shanghai."""
    return datetime(day.year, day.month, day.day, tzinfo=SHANGHAI)


def period_of(*, month: date) -> dict[str, object]:
    """Write a month as a TMF time period, its last second included."""
    last_second = start_of(day=month_after(month)) - timedelta(seconds=1)
    return {
        "startDateTime": start_of(day=month).isoformat(),
        "endDateTime": last_second.isoformat(),
    }


def month_in(*, period: object) -> date:
    """Read the month a TMF time period starts in.

    Raises:
        Unreadable: it has no start.
    """
    return month_of(read_instant(text=text_at(period, "startDateTime")))


def bucket_id(*, msisdn: str, month: date, package: str) -> str:
    """Name the bucket of a number's package of a month, as agreed with the carrier."""
    return f"{msisdn}-{month_name(month)}-{package}"
