"""Reads of a close: how far it has come, and the digest by which two runs compare."""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from itertools import chain, groupby
from operator import itemgetter
from pathlib import Path
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Count, Q, Sum

from ledger.months.models import Close, ClosePart
from ledger.months.rules import MovedLine
from ledger.operations import MONTHS_AHEAD
from ledger.registry import ClosingMonth
from ledger.rules import Leg, Posting, derived_month_id, month_after, month_of, move

_TRANSACTIONS = """
    SELECT id::text, kind, month::text, coalesce(reverses::text, ''), encode(legs_hash, 'hex'),
           metadata::text
    FROM public.ledger_transaction WHERE month = %s ORDER BY id
"""
_BALANCES = """
    SELECT account_id::text, balance::text FROM public.ledger_closingbalance
    WHERE month = %s ORDER BY account_id
"""
_EXPIRING = (Path(__file__).parent / "sql" / "expiring_v2.sql").read_text()
_STATEMENT = (Path(__file__).parent / "sql" / "statement_v2.sql").read_text()
_MISSING = (Path(__file__).parent / "sql" / "missing_months_v1.sql").read_text()
_POSTED_HERE = (Path(__file__).parent / "sql" / "posted_here_v1.sql").read_text()
CHUNK_ROWS = 5_000
MONTHS_AHEAD_MIN = MONTHS_AHEAD - 1  # the last is opened some minutes after its month's turn


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementLine:
    """One asset of a month's statement, in whole units: what was there, came, went and is left."""

    asset: str
    opening: int
    came: int
    went: int

    @property
    def closing(self) -> int:
        """Return what was left at the month's end, or is left now."""
        return self.opening + self.came - self.went


def statement_at(address: str, *, month: date) -> list[StatementLine]:
    """Return a month's statement of what lies at an address, by asset; what never was is left out.

    It starts from the closing balances of the last month closed before.
    """
    with connection.cursor() as cursor:
        cursor.execute(_STATEMENT, {"address": address, "month": month})
        return [
            StatementLine(asset=asset, opening=opening, came=came, went=went)
            for asset, opening, came, went in cursor.fetchall()
        ]


@dataclass(frozen=True, slots=True, kw_only=True)
class StageProgress:
    """How far one stage of a close has come, in parts, and what it has posted."""

    stage: str
    parts: int
    parts_done: int
    postings: int
    milliseconds: int

    @property
    def is_done(self) -> bool:
        """Tell whether no part is left."""
        return self.parts_done == self.parts


def progress_of(close: Close) -> list[StageProgress]:
    """Return the stages of a close in order, each with what is done of it."""
    rows = (
        ClosePart.objects.filter(close=close)
        .values("place", "stage")
        .annotate(
            parts=Count("id"),
            parts_done=Count("id", filter=Q(done_at__isnull=False)),
            posted=Sum("postings"),
            took=Sum("milliseconds"),
        )
        .order_by("place", "stage")
    )
    return [
        StageProgress(
            stage=row["stage"],
            parts=row["parts"],
            parts_done=row["parts_done"],
            postings=row["posted"] or 0,
            milliseconds=row["took"] or 0,
        )
        for row in rows
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """How far a close has come: parts done of all, and the seconds left at its pace so far.

    It is stopped if its latest run ended before its time and none has done a part since.
    """

    parts: int
    parts_done: int
    seconds_left: int | None
    is_stopped: bool


def course_of(close: Close, *, now: datetime) -> Course:
    """Return how far a close has come; what is left is unknown before its first part, or ended."""
    stages = progress_of(close)
    parts, done = sum(one.parts for one in stages), sum(one.parts_done for one in stages)
    stopped, left = _is_stopped(close), None
    if done and close.ended_at is None and not stopped:
        left = round((now - close.begun_at).total_seconds() / done * (parts - done))
    return Course(parts=parts, parts_done=done, seconds_left=left, is_stopped=stopped)


def _is_stopped(close: Close) -> bool:
    # A run marks its parts and its stop with the one instant it was begun at.
    if close.stopped_at is None:
        return False
    return not ClosePart.objects.filter(close=close, done_at__gt=close.stopped_at).exists()


def totals_of(close: Close) -> dict[str, dict[str, int]]:
    """Return what each stage has posted: amounts that changed hands, by stage and asset."""
    totals: dict[str, dict[str, int]] = {}
    for stage, amounts in ClosePart.objects.filter(close=close).values_list("stage", "totals"):
        sums = totals.setdefault(stage, {})
        for asset, amount in amounts.items():
            sums[asset] = sums.get(asset, 0) + amount
    return totals


def last_posted_here(month: date) -> int:
    """Return the last entry that this database transaction has posted to a month; 0 if none."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT coalesce(max(id), 0) FROM ({_POSTED_HERE}) AS here",  # noqa: S608  our own file
            {"month": month, "after": 0},
        )
        return int(cursor.fetchone()[0])


def lines_posted_here(
    month: date, *, parts: Iterable[ClosePart], after: int
) -> Iterator[MovedLine]:
    """Yield what parts of a close did to each account, given those run here since an entry.

    The parts posted one after the other: each has as many transactions as it counted.
    """
    with connection.chunked_cursor() as cursor:
        cursor.execute(_POSTED_HERE, {"month": month, "after": after})
        rows = chain.from_iterable(iter(lambda: cursor.fetchmany(CHUNK_ROWS), []))
        for part, posted in _by_part(parts, rows):
            yield from _lines_of(part, posted)


def _by_part(
    parts: Iterable[ClosePart], rows: Iterable[tuple[Any, ...]]
) -> Iterator[tuple[ClosePart, list[tuple[Any, ...]]]]:
    """Cut entries in their order into those of each part that posted: a batch mixes its own."""
    posting = (part for part in parts if part.postings)
    part, seen, posted = next(posting, None), set[UUID](), list[tuple[Any, ...]]()
    for row in rows:
        assert part is not None
        if row[1] not in seen and len(seen) == part.postings:
            yield part, posted
            part, seen, posted = next(posting, None), set(), []
        seen.add(row[1])
        posted.append(row)
    if part is not None:
        yield part, posted


def _lines_of(part: ClosePart, posted: Iterable[tuple[Any, ...]]) -> Iterator[MovedLine]:
    """Yield one line for each account that a part moved."""
    moved: dict[tuple[str, str], tuple[int | None, int, int | None]] = {}
    for _, _, address, asset, amount, balance in posted:
        first = None if balance is None else balance - amount
        before, change, _ = moved.get((address, asset), (first, 0, None))
        moved[address, asset] = (before, change + amount, balance)
    for (address, asset), (before, change, left) in moved.items():
        yield MovedLine(
            stage=part.stage,
            shard=part.shard,
            address=address,
            asset=asset,
            before=before,
            change=change,
            after=left,
        )


def digest_of(month: date) -> bytes:
    """Return the digest of a month: its transactions by id, and its closing balances.

    Two runs of the same close give the same digest; it is not the published root.
    """
    hashed = hashlib.sha256()
    with transaction.atomic():
        for sql in (_TRANSACTIONS, _BALANCES):
            with connection.chunked_cursor() as cursor:
                cursor.execute(sql, [month])
                while rows := cursor.fetchmany(CHUNK_ROWS):
                    for field in chain.from_iterable(rows):
                        raw = field.encode()
                        hashed.update(len(raw).to_bytes(4, "big") + raw)
    return hashed.digest()


def months_missing(*, now: datetime) -> list[date]:
    """Return this month and the next twelve, as far as nothing could be posted to them."""
    first = month_of(now)
    bounds = {"first": first, "last": month_after(first, MONTHS_AHEAD_MIN)}
    with connection.cursor() as cursor:
        cursor.execute(_MISSING, bounds)
        return [month for (month,) in cursor.fetchall()]


def expiry_postings(closing: ClosingMonth, prefix: str) -> list[Posting]:
    """Return the postings that expire what accounts under an address prefix hold past its month.

    A family plans its own accounts with this (`holder/0`, `gift/a`, …): one posting an address.
    """
    with connection.cursor() as cursor:
        cursor.execute(_EXPIRING, {"month": closing.month, "prefix": prefix})
        held = cursor.fetchall()
    return postings_of_expiry(closing, held)


def postings_of_expiry(
    closing: ClosingMonth, held: Iterable[tuple[str, str, int]]
) -> list[Posting]:
    """Return the postings that expire amounts by address and asset, given in order of address."""
    return [
        _expiry_posting(
            closing, address=address, amounts={asset: int(amount) for _, asset, amount in rows}
        )
        for address, rows in groupby(held, key=itemgetter(0))
    ]


def _expiry_posting(closing: ClosingMonth, *, address: str, amounts: dict[str, int]) -> Posting:
    legs: list[Leg] = []
    for asset, amount in amounts.items():
        legs += move(asset=asset, amount=amount, source=address, target="system/expired")
    return Posting(
        id=derived_month_id(closing.month, "expire", address),
        kind="expire",
        at=closing.at,
        actor="close",
        legs=tuple(legs),
        month=closing.month,
    )
