"""Keep statements line by line, decide by them, and compare each day three ways.

Every step is one statement over a whole day: a carrier lists a million lines as it lists ten.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from ledger.rules import month_after, month_of
from wallet.carriers.adaptors.contract import LineKind
from wallet.carriers.adaptors.contract import StatementLine as Told
from wallet.carriers.instructions.rules import midnight_of
from wallet.carriers.models import Instruction, StatementDay
from wallet.carriers.queries import STATEMENT_DAYS_MAX
from wallet.carriers.reconciliation.models import Reconciliation, StatementLine
from wallet.carriers.reconciliation.queries import DAYS_THAT_DECIDE, final_days
from wallet.carriers.reconciliation.rules import is_agreed

_SQL = Path(__file__).parent / "sql"
_NO_BOOKINGS = (_SQL / "no_bookings_v1.sql").read_text()
_KINDS = {
    LineKind.DELIVERED: Instruction.Kind.SUBMIT,
    LineKind.DEDUCTED: Instruction.Kind.DEDUCT,
    LineKind.RESTORED: Instruction.Kind.RESTORE,
}

_bookings: dict[str, str] = {}


def register_bookings(name: str, sql: Path) -> None:
    """Add what a family of instructions says of itself: what was settled, and what was booked.

    The file takes carrier, since, until, month and month_after, and returns instruction_id,
    transaction_id and mb, of which one side may be null.
    """
    _bookings[name] = sql.read_text()


def keep_lines(
    *, lines: Sequence[Told], carrier: str, day: date, reading: UUID
) -> list[StatementLine]:
    """Write down lines of a reading that has not come to its end yet."""
    return StatementLine.objects.bulk_create(
        (
            StatementLine(
                carrier_id=carrier,
                day=day,
                reading=reading,
                line_id=line.carrier_line_id[:64],
                reference=line.ref[:128],
                instruction_id=_ours(line.ref),
                kind=_KINDS[line.kind],
                msisdn=line.msisdn[:32],
                month=line.month,
                product=line.product[:32],
                mb=line.mb,
                booked_at=line.booked_at,
            )
            for line in lines
        ),
        batch_size=1_000,
    )


def _ours(text: str) -> UUID | None:
    try:
        found = UUID(text)
    except ValueError:
        return None
    return found if str(found) == text else None


@transaction.atomic
def end_reading(
    *, carrier: str, day: date, reading: UUID, final: bool, lines: int, now: datetime
) -> StatementDay:
    """Let a whole reading take the place of the one before, and decide by what it lists."""
    row, _ = StatementDay.objects.update_or_create(
        carrier_id=carrier,
        day=day,
        defaults={"final": final, "lines": lines, "reading": reading, "read_at": now},
    )
    StatementLine.objects.filter(carrier=carrier, day=day).exclude(reading=reading).delete()
    asked = {"carrier": carrier, "day": day, "now": now}
    _run("decide_listed_v1.sql", asked)
    _run("statement_breaks_v1.sql", asked)
    return row


@transaction.atomic
def decide_by_statements(*, carrier: str, now: datetime) -> int:
    """Decide what final statements prove, and return how much was: absent from two means failed.

    What was answered as delivered and is absent nevertheless is put before an admin.
    """
    since = now - timedelta(days=STATEMENT_DAYS_MAX + 1)
    asked = {"carrier": carrier, "now": now, "since": since}
    _run("unlisted_breaks_v1.sql", asked)
    return _run("decide_absent_v1.sql", asked)


def reconcile_days(*, carrier: str, days: Iterable[date], now: datetime) -> list[Reconciliation]:
    """Compare days of a carrier three ways, and keep what was found in the place of what was before."""
    return [_reconcile(carrier=carrier, day=day, now=now) for day in days]


@transaction.atomic
def _reconcile(*, carrier: str, day: date, now: datetime) -> Reconciliation:
    asked = {
        "carrier": carrier,
        "day": day,
        "since": midnight_of(day),
        "until": midnight_of(day + timedelta(days=1)),
        "month": month_of(midnight_of(day)),
        "month_after": month_after(month_of(midnight_of(day))),
        "now": now,
    }
    _run("ledger_breaks_v1.sql", asked)
    days = {row.day: row for row in final_days(carrier=carrier, day=day)}
    counted = _counted("compare_v1.sql", asked)
    state = Reconciliation.State.WAITING
    if len(days) == DAYS_THAT_DECIDE:
        agrees = is_agreed(**counted)
        state = Reconciliation.State.AGREES if agrees else Reconciliation.State.DIFFERS
    row, _ = Reconciliation.objects.update_or_create(
        carrier_id=carrier,
        day=day,
        defaults={**counted, "statement": days.get(day), "state": state, "compared_at": now},
    )
    return row


def _run(name: str, asked: Mapping[str, Any]) -> int:
    with connection.cursor() as cursor:
        cursor.execute(_text(name), dict(asked))
        return int(cursor.rowcount)


def _counted(name: str, asked: Mapping[str, Any]) -> dict[str, int]:
    with connection.cursor() as cursor:
        cursor.execute(_text(name), dict(asked))
        names = [column.name for column in cursor.description or ()]
        return dict(zip(names, cursor.fetchone() or (), strict=True))


def _text(name: str) -> str:
    bookings = "\nUNION ALL\n".join(_bookings.values()) or _NO_BOOKINGS
    return (_SQL / name).read_text().replace("/*bookings*/", bookings)
