"""Carry out what a carrier was instructed to do, and read its statements.

Both wait for a carrier, so neither may be called inside a transaction.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, datetime
from itertools import islice
from typing import TypeVar
from uuid import uuid4

from wallet.carriers.adaptors.contract import (
    NOT_SENT,
    Adaptor,
    Answer,
    CarrierUnavailable,
    Outcome,
)
from wallet.carriers.instructions.operations import (
    Claim,
    claim_instruction,
    may_call,
    record_answer,
)
from wallet.carriers.instructions.rules import NOT_ITS_NUMBER
from wallet.carriers.models import Instruction, StatementDay
from wallet.carriers.queries import statement_days_due
from wallet.carriers.reconciliation.operations import (
    decide_by_statements,
    end_reading,
    keep_lines,
)
from wallet.carriers.rules import Quality

Clock = Callable[[], datetime]
Item = TypeVar("Item")

STATEMENT_CHUNK_LINES = 5_000


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
    reading, count = uuid4(), 0
    for chunk in _chunks(statement.lines):
        count += len(keep_lines(lines=chunk, carrier=adaptor.carrier, day=day, reading=reading))
    return end_reading(
        carrier=adaptor.carrier,
        day=day,
        reading=reading,
        final=statement.final,
        lines=count,
        now=now,
    )


def _chunks(items: Iterator[Item]) -> Iterator[list[Item]]:
    while chunk := list(islice(items, STATEMENT_CHUNK_LINES)):
        yield chunk
