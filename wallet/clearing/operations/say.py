"""What a carrier says of its statement's lines, and what we answer."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.db import transaction

from ledger.refusals import Refusal
from wallet.clearing.models import Clearing, ClearingLine, ClearingStatement
from wallet.clearing.rules import is_said
from wallet.holders.models import User
from wallet.holders.operations import refuse_frozen_person
from wallet.holders.rules import UnknownId


class StatementRetired(Refusal):
    """The statement is booked: nothing more is said of it."""

    code = "statement_retired"


class LineLeftOut(Refusal):
    """The line was left out, and will stand in the next statement."""

    code = "line_left_out"


class NothingDisputed(Refusal):
    """The line is not disputed, so there is nothing to answer or to leave out."""

    code = "nothing_disputed"


class BadClearingText(Refusal):
    """A reason or an answer is 1 to 500 characters."""

    code = "bad_clearing_text"
    status = 422


@transaction.atomic
def confirm_lines(
    *, statement: ClearingStatement, lines: Collection[UUID], by: User, now: datetime
) -> ClearingStatement:
    """Confirm lines of a statement, or all that are open where none is named; return it.

    A disputed line that is named is confirmed too: the carrier thought better of it.

    Raises:
        HolderFrozen: the person may do nothing.
        StatementRetired: the statement is booked.
        UnknownId: a line is not the statement's.
        LineLeftOut: a line was left out.
    """
    refuse_frozen_person(by)
    held = held_statement(statement)
    rows = held.lines.filter(pk__in=lines) if lines else held.lines.filter(state="open")
    named = list(rows)
    if lines and len(named) != len(set(lines)):
        raise UnknownId("The statement has no such line.")
    if any(line.state == ClearingLine.State.LEFT_OUT for line in named):
        raise LineLeftOut("The line was left out; it will stand in the next statement.")
    rows.exclude(state=ClearingLine.State.CONFIRMED).update(
        state=ClearingLine.State.CONFIRMED, said_by=by, said_at=now
    )
    return held


@transaction.atomic
def dispute_line(*, line: ClearingLine, reason: str, by: User, now: datetime) -> ClearingLine:
    """Dispute a line with a reason, and return it; it keeps its statement from being retired.

    Raises:
        BadClearingText: the reason is empty or too long.
        HolderFrozen: the person may do nothing.
        StatementRetired: the statement is booked.
        LineLeftOut: the line was left out.
    """
    text = _tidied(reason)
    refuse_frozen_person(by)
    held = _held_line(line)
    if held.state == ClearingLine.State.LEFT_OUT:
        raise LineLeftOut("The line was left out; it will stand in the next statement.")
    if (held.state, held.reason) == (ClearingLine.State.DISPUTED, text):
        return held
    held.state, held.reason = ClearingLine.State.DISPUTED, text
    held.said_by, held.said_at = by, now
    held.answer, held.answered_by, held.answered_at = "", None, None
    held.save()
    return held


@transaction.atomic
def answer_dispute(*, line: ClearingLine, answer: str, by: User, now: datetime) -> ClearingLine:
    """Answer a disputed line, and put it before the carrier again; return it.

    Raises:
        BadClearingText: the answer is empty or too long.
        StatementRetired: the statement is booked.
        NothingDisputed: the line is not disputed.
    """
    text = _tidied(answer)
    held = _held_line(line)
    if held.state != ClearingLine.State.DISPUTED:
        raise NothingDisputed("The line is not disputed.")
    held.state, held.answer = ClearingLine.State.OPEN, text
    held.answered_by, held.answered_at = by, now
    held.save()
    return held


def held_statement(statement: ClearingStatement) -> ClearingStatement:
    """Lock a statement's month, and return the statement as it is now.

    Raises:
        StatementRetired: it is booked.
    """
    Clearing.objects.select_for_update().get(pk=statement.clearing_id)
    held = ClearingStatement.objects.select_related("clearing").get(pk=statement.pk)
    if held.retired_at is not None:
        raise StatementRetired("The statement is booked.")
    return held


def _held_line(line: ClearingLine) -> ClearingLine:
    held_statement(line.statement)
    return ClearingLine.objects.select_related("statement").get(pk=line.pk)


def _tidied(text: str) -> str:
    tidy = "\n".join(each.rstrip() for each in text.splitlines()).strip()
    if not is_said(tidy):
        raise BadClearingText("Say it in 1 to 500 characters.")
    return tidy
