"""Read one line of a usage file into an attestation, or say what is wrong with it."""

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import BinaryIO, Final

from ledger.rules import SHANGHAI, month_named
from wallet.carriers.rules import MsisdnUnreadable, is_msisdn, normalised

HEADER: Final = (
    *("msisdn", "carrier", "province", "month", "package"),
    *("kind", "allowance_mb", "used_mb", "as_of", "final"),
)
KINDS: Final = frozenset({"national", "provincial", "night", "directed", "topup"})
LINE_BYTES_MAX: Final = 2_000
MB_MAX: Final = 1_000_000_000  # no package is larger
PROVINCE_LENGTH_MAX: Final = 16
BYTE_ORDER_MARK: Final = b"\xef\xbb\xbf"
_PACKAGE: Final = re.compile(r"[a-z0-9_-]{1,32}")
_MONTH: Final = re.compile(r"20[0-9]{2}-(0[1-9]|1[0-2])")
# A dot would cut the policy's scope "carrier.province" in another place.
_PROVINCE: Final = re.compile(r"[^\x00-\x1f\x7f.]*")


class BadLine(ValueError):
    """A line that means nothing here; the message says why."""


@dataclass(frozen=True, slots=True)
class Attested:
    """What one line says of one package of one number in one month, in MB."""

    msisdn: str
    carrier: str
    province: str
    month: date
    package: str
    kind: str
    allowance_mb: int
    used_mb: int
    as_of: datetime
    final: bool

    @property
    def key(self) -> tuple[str, str, date, str]:
        """Return what no two rows share."""
        return self.msisdn, self.carrier, self.month, self.package

    @property
    def figures(self) -> tuple[str, int, int]:
        """Return what a final line attests for good."""
        return self.kind, self.allowance_mb, self.used_mb


def lines_in(*, source: BinaryIO) -> Iterator[tuple[int, bytes]]:
    """Yield each line of a file with its number; of an endless one only the beginning."""
    number = 0
    while raw := source.readline(LINE_BYTES_MAX + 1):
        number += 1
        yield number, raw
        while len(raw) > LINE_BYTES_MAX and not raw.endswith(b"\n"):
            raw = source.readline(LINE_BYTES_MAX + 1)


def is_header(*, raw: bytes) -> bool:
    """Say whether a file's first line names the columns."""
    try:
        return tuple(_cells(raw=raw.removeprefix(BYTE_ORDER_MARK))) == HEADER
    except BadLine:
        return False


def attested_in(*, raw: bytes, carriers: frozenset[str]) -> Attested | None:
    """Read one line; None for an empty one.

    Raises:
        BadLine: it cannot be read, or names a carrier that is not among these.
    """
    cells = _cells(raw=raw)
    if not any(cells):
        return None
    if len(cells) != len(HEADER):
        raise BadLine(f"{len(HEADER)} fields are due, {len(cells)} are there")
    msisdn, carrier, province, month, package, kind, allowance, used, as_of, final = cells
    if carrier not in carriers:
        raise BadLine(f"carrier {carrier!r} is unknown")
    if kind not in KINDS:
        raise BadLine(f"kind {kind!r} is unknown")
    if not _PACKAGE.fullmatch(package):
        raise BadLine("package must be 1 to 32 of a-z, 0-9, _ and -")
    if len(province) > PROVINCE_LENGTH_MAX or not _PROVINCE.fullmatch(province):
        raise BadLine(f"province must be at most {PROVINCE_LENGTH_MAX} characters, without a dot")
    if final not in {"0", "1"}:
        raise BadLine("final must be 0 or 1")
    return Attested(
        msisdn=_msisdn(text=msisdn),
        carrier=carrier,
        province=province,
        month=_month(text=month),
        package=package,
        kind=kind,
        allowance_mb=_mb(name="allowance_mb", text=allowance),
        used_mb=_mb(name="used_mb", text=used),
        as_of=_instant(text=as_of),
        final=final == "1",
    )


def _cells(*, raw: bytes) -> list[str]:
    if len(raw) > LINE_BYTES_MAX:
        raise BadLine(f"the line is longer than {LINE_BYTES_MAX} bytes")
    try:
        text = raw.decode().rstrip("\r\n")
        # Line by line: a quote left open spoils its own line, not the rest of the file.
        cells = next(csv.reader([text], strict=True), [])
    except UnicodeDecodeError as error:
        raise BadLine("the line is not UTF-8") from error
    except csv.Error as error:
        raise BadLine("the quotes do not match") from error
    return [cell.strip() for cell in cells]


def _msisdn(*, text: str) -> str:
    if is_msisdn(text=text):
        return text
    try:
        return normalised(typed=text)
    except MsisdnUnreadable as error:
        raise BadLine("msisdn is not a mainland mobile number") from error


def _month(*, text: str) -> date:
    if not _MONTH.fullmatch(text):
        raise BadLine("month must be like 2026-11")
    return month_named(text)


def _mb(*, name: str, text: str) -> int:
    # The length first: a number of a million digits takes seconds to read.
    if not (text.isascii() and text.isdigit()):
        raise BadLine(f"{name} must be a whole number of MB, 0 or more")
    digits = text.lstrip("0") or "0"
    if len(digits) > len(str(MB_MAX)) or int(digits) > MB_MAX:
        raise BadLine(f"{name} is more than {MB_MAX} MB")
    return int(digits)


def _instant(*, text: str) -> datetime:
    """Read a date or a time; one without an offset is Asia/Shanghai's."""
    try:
        instant = datetime.fromisoformat(text)
        aware = instant if instant.tzinfo else instant.replace(tzinfo=SHANGHAI)
        return aware.astimezone(SHANGHAI)
    except (ValueError, OverflowError) as error:
        raise BadLine("as_of must be a date or a time like 2026-11-30T23:59:59+08:00") from error
