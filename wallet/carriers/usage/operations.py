"""Load a usage file: later figures replace earlier ones, final ones stay."""

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import BinaryIO

from django.db import transaction

from wallet.carriers.models import Break, Carrier, Usage, UsageFile
from wallet.carriers.usage.rules import (
    BYTE_ORDER_MARK,
    Attested,
    BadLine,
    attested_in,
    is_header,
    lines_in,
)

CHUNK_LINES = 2_000
_FIGURES = ("province", "kind", "allowance_mb", "used_mb", "as_of", "final", "file")


class WrongHeader(ValueError):
    """The file's first line is not that of a usage file."""


@dataclass(slots=True, kw_only=True)
class UsageReport:
    """What became of a file's lines."""

    lines: int = 0
    bad_lines: int = 0
    loaded: int = 0
    breaks: int = 0

    @property
    def unchanged(self) -> int:
        """Return how many good lines said nothing later than what was known."""
        return self.lines - self.bad_lines - self.loaded - self.breaks


Complain = Callable[[int, str], None]
Progress = Callable[[int], None]


def load_usage_file(
    *,
    source: BinaryIO,
    name: str,
    now: datetime,
    complain: Complain,
    progress: Progress,
    only: str = "",
) -> UsageReport:
    """Load a usage file in chunks, and return what became of its lines.

    `complain` gets each bad line's number and what is wrong, `progress` the bytes read so far. The
    source is read twice: what is kept names its file by the hash of the whole. A chunk is committed
    whole; loaded again, a file changes nothing. Lines about others than `only`, if given, are bad.

    Raises:
        WrongHeader: the first line does not name the columns.
    """
    report, digest, size_bytes = UsageReport(), _digest_of(source), 0
    known = frozenset(Carrier.objects.values_list("code", flat=True))
    carriers = known & {only} if only else known
    chunk: dict[tuple[object, ...], Attested] = {}
    for number, raw in lines_in(source=source):
        size_bytes += len(raw)
        if number == 1:
            if not is_header(raw=raw):
                raise WrongHeader(raw.removeprefix(BYTE_ORDER_MARK)[:200].decode(errors="replace"))
            continue
        try:
            attested = attested_in(raw=raw, carriers=carriers)
        except BadLine as error:
            report.lines += 1
            report.bad_lines += 1
            complain(number, str(error))
            continue
        if attested is None:
            continue
        report.lines += 1
        if attested.key in chunk or len(chunk) >= CHUNK_LINES:
            load_attested(list(chunk.values()), report=report, file=digest, now=now)
            chunk.clear()
            progress(size_bytes)
        chunk[attested.key] = attested
    if size_bytes == 0:
        raise WrongHeader("The file is empty.")
    load_attested(list(chunk.values()), report=report, file=digest, now=now)
    progress(size_bytes)
    _remember(digest=digest, name=name, report=report, now=now)
    return report


def _digest_of(source: BinaryIO) -> str:
    """Return the SHA-256 of a file, and go back to its beginning."""
    digest = hashlib.file_digest(source, "sha256").hexdigest()  # type: ignore[arg-type]
    source.seek(0)
    return digest


def _remember(*, digest: str, name: str, report: UsageReport, now: datetime) -> None:
    UsageFile.objects.get_or_create(
        sha256=digest,
        defaults={
            "name": name[:255],
            "lines": report.lines,
            "bad_lines": report.bad_lines,
            "read_at": now,
        },
    )


@transaction.atomic
def load_attested(
    lines: Sequence[Attested], *, report: UsageReport, now: datetime, file: str = ""
) -> None:
    """Compare attestations (each key once) with what is known, and write what is later.

    `file` is the SHA-256 of the file that says so, where one does.

    A later word on final figures changes nothing: it is a break, for an admin.
    """
    # Two loads of one carrier's files take turns: else the earlier of two could be written last.
    carriers = sorted({line.carrier for line in lines})
    list(Carrier.objects.select_for_update(no_key=True).filter(pk__in=carriers).order_by("pk"))
    known = _known(lines)
    later: list[Attested] = []
    broken: list[Attested] = []
    for line in lines:
        before = known.get(line.key)
        if before is None or (not before.final and line.as_of > before.as_of):
            later.append(line)
        elif before.final and line.as_of >= before.as_of and line.figures != _figures(before):
            broken.append(line)
    _write(later, file=file)
    report.loaded += len(later)
    report.breaks += len(broken)
    Break.objects.bulk_create(
        (_break(line, before=known[line.key], file=file, now=now) for line in broken),
        ignore_conflicts=True,
    )


def _known(lines: Iterable[Attested]) -> dict[tuple[object, ...], Usage]:
    rows = Usage.objects.filter(
        msisdn__in={line.msisdn for line in lines}, month__in={line.month for line in lines}
    )
    return {(row.msisdn, row.carrier_id, row.month, row.package): row for row in rows}


def _figures(row: Usage) -> tuple[str, int, int]:
    return row.kind, row.allowance_mb, row.used_mb


def _write(lines: Iterable[Attested], *, file: str) -> None:
    Usage.objects.bulk_create(
        (
            Usage(
                msisdn=line.msisdn,
                carrier_id=line.carrier,
                province=line.province,
                month=line.month,
                package=line.package,
                kind=line.kind,
                allowance_mb=line.allowance_mb,
                used_mb=line.used_mb,
                as_of=line.as_of,
                final=line.final,
                file_id=file or None,
            )
            for line in lines
        ),
        update_conflicts=True,
        unique_fields=["msisdn", "carrier", "month", "package"],
        update_fields=list(_FIGURES),
    )


def _break(line: Attested, *, before: Usage, file: str, now: datetime) -> Break:
    kind, allowance_mb, used_mb = _figures(before)
    return Break(
        carrier_id=line.carrier,
        kind=Break.Kind.FINAL_USAGE_CHANGED,
        reference=f"{line.msisdn}/{line.month:%Y-%m}/{line.package}/{line.as_of.isoformat()}",
        facts={
            "final": {"kind": kind, "allowance_mb": allowance_mb, "used_mb": used_mb},
            "changed": {
                "kind": line.kind,
                "allowance_mb": line.allowance_mb,
                "used_mb": line.used_mb,
            },
            "as_of": line.as_of.isoformat(),
            "file": file,
        },
        found_at=now,
    )
