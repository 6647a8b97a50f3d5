"""Carry out what a carrier was instructed to do, and read its statements.

Both wait for a carrier, so neither may be called inside a transaction.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import date, datetime
from itertools import islice
from typing import TypeVar
from uuid import UUID

from django.db import transaction

from wallet.carriers.adaptors.contract import (
    NOT_SENT,
    Adaptor,
    Answer,
    CarrierUnavailable,
    LineKind,
    Outcome,
    StatementLine,
)
from wallet.carriers.instructions.operations import (
    Claim,
    claim_instruction,
    decide_absent,
    decide_listed,
    may_call,
    note_listed,
    record_answer,
)
from wallet.carriers.instructions.rules import NOT_ITS_NUMBER
from wallet.carriers.models import Break, Instruction, StatementDay
from wallet.carriers.queries import absent_instructions, statement_days_due, unlisted
from wallet.carriers.rules import Quality

Clock = Callable[[], datetime]
Item = TypeVar("Item")

STATEMENT_CHUNK_LINES = 500
_KINDS = {
    LineKind.DELIVERED: Instruction.Kind.SUBMIT,
    LineKind.DEDUCTED: Instruction.Kind.DEDUCT,
    LineKind.RESTORED: Instruction.Kind.RESTORE,
}


def serve_carrier(*, adaptor: Adaptor, clock: Clock, limit: int = 200) -> list[Instruction]:
    """Ask a carrier about what is due, one call at a time, and return what that decided.

    It ends early when the carrier leaves call after call unanswered, or when others make as many
    calls as it takes at once.
    """
    decided: list[Instruction] = []
    for _ in range(limit):
        claim = claim_instruction(carrier=adaptor.carrier, now=clock())
        if claim is None:
            break
        answer = _asked(adaptor, claim=claim, clock=clock)
        row = record_answer(claim=claim, answer=answer, now=clock())
        if row.state in Instruction.FINAL:
            decided.append(row)
    return decided


def _asked(adaptor: Adaptor, *, claim: Claim, clock: Clock) -> Answer:
    row, ref = claim.instruction, str(claim.instruction.pk)
    if not claim.is_first:
        answer = adaptor.status(ref=ref)
    elif not may_call(claim=claim, now=clock()):
        answer = Answer(ref=ref, outcome=Outcome.UNKNOWN, reason=NOT_SENT)
    elif row.kind == Instruction.Kind.SUBMIT:
        answer = adaptor.submit(
            ref=ref, msisdn=row.msisdn, mb=row.mb, month=row.month, product=row.product or None
        )
    else:
        move = adaptor.deduct if row.kind == Instruction.Kind.DEDUCT else adaptor.restore
        answer = move(ref=ref, msisdn=row.msisdn, package=row.package, month=row.month, mb=row.mb)
    return _with_present_carrier(adaptor, answer=answer, msisdn=row.msisdn)


def _with_present_carrier(adaptor: Adaptor, *, answer: Answer, msisdn: str) -> Answer:
    """Learn whose the number is now, where a carrier says only that it is not its own."""
    if answer.reason not in NOT_ITS_NUMBER or answer.carrier is not None:
        return answer
    detected = adaptor.detect(msisdn=msisdn)
    if detected.quality is not Quality.CARRIER or detected.carrier == adaptor.carrier:
        return answer
    return replace(answer, carrier=detected.carrier)


def read_statements(*, adaptor: Adaptor, now: datetime) -> list[StatementDay]:
    """Read every statement of a carrier that is due, decide by them, and return the days read.

    A statement that cannot be read now is read another time, and so are those after it.
    """
    read = []
    for day in statement_days_due(carrier=adaptor.carrier, now=now):
        try:
            read.append(_read_statement(adaptor, day=day, now=now))
        except CarrierUnavailable:
            break
    decide_by_statements(carrier=adaptor.carrier, now=now)
    return read


def _read_statement(adaptor: Adaptor, *, day: date, now: datetime) -> StatementDay:
    statement = adaptor.statement(day=day)
    count = 0
    for chunk in _chunks(statement.lines):
        count += len(chunk)
        _apply(chunk, carrier=adaptor.carrier, day=day, now=now)
    row, _ = StatementDay.objects.update_or_create(
        carrier_id=adaptor.carrier,
        day=day,
        defaults={"final": statement.final, "lines": count, "read_at": now},
    )
    return row


def _chunks(items: Iterator[Item]) -> Iterator[list[Item]]:
    while chunk := list(islice(items, STATEMENT_CHUNK_LINES)):
        yield chunk


@transaction.atomic
def _apply(lines: Iterable[StatementLine], *, carrier: str, day: date, now: datetime) -> None:
    """Compare lines with what we asked for: the same is proof, anything else a break."""
    named = [(line, _reference(line.ref)) for line in lines]
    rows = {
        row.pk: row
        for row in Instruction.objects.select_for_update(no_key=True)
        .filter(pk__in=[ref for _, ref in named if ref], carrier=carrier)
        .order_by("id")
    }
    breaks = []
    for line, ref in named:
        row = rows.get(ref) if ref else None
        if row is None:
            kind = Break.Kind.UNKNOWN_REFERENCE
        elif not _agrees(line, row=row):
            kind = Break.Kind.AMOUNT_DIFFERS
            note_listed(row=row, day=day)
        else:
            decide_listed(row=row, day=day, line_id=line.carrier_line_id, now=now)
            continue
        breaks.append(_break(line, carrier=carrier, kind=kind, day=day, now=now))
    Break.objects.bulk_create(breaks, ignore_conflicts=True)


def _reference(text: str) -> UUID | None:
    try:
        found = UUID(text)
    except ValueError:
        return None
    return found if str(found) == text else None


def _agrees(line: StatementLine, *, row: Instruction) -> bool:
    same = (_KINDS[line.kind], line.msisdn, line.mb) == (row.kind, row.msisdn, row.mb)
    return same and line.month in {None, row.month} and line.product in {"", row.product}


def _break(
    line: StatementLine, *, carrier: str, kind: Break.Kind, day: date, now: datetime
) -> Break:
    facts = {
        "line": line.carrier_line_id,
        "kind": line.kind.value,
        "mb": line.mb,
        "month": line.month and line.month.isoformat(),
        "product": line.product,
        "day": day.isoformat(),
    }
    return Break(carrier_id=carrier, kind=kind, reference=line.ref[:128], facts=facts, found_at=now)


@transaction.atomic
def decide_by_statements(*, carrier: str, now: datetime, limit: int = 500) -> list[Instruction]:
    """Decide what final statements prove: absent on its day and the next means failed.

    What was answered as delivered and is absent nevertheless is put before an admin.
    """
    Break.objects.bulk_create(
        (
            Break(
                carrier_id=carrier,
                kind=Break.Kind.NOT_LISTED,
                reference=str(row.pk),
                facts={"mb": row.mb, "kind": row.kind},
                found_at=now,
            )
            for row in unlisted(carrier=carrier, now=now)
        ),
        ignore_conflicts=True,
    )
    absent = absent_instructions(carrier=carrier, now=now)[:limit]
    locked = Instruction.objects.select_for_update(skip_locked=True, no_key=True)
    return [
        decide_absent(row=row, now=now)
        for row in locked.filter(pk__in=[one.pk for one in absent]).order_by("id")
        if row.state not in Instruction.FINAL
    ]
