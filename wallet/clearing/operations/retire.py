"""Retire statements, and leave disputed lines to the next month: one proposes, another approves."""

from collections.abc import Iterator
from datetime import datetime
from uuid import UUID

from django.db import transaction

from ledger.operations import post
from ledger.refusals import KeyReused, Refusal
from ledger.rules import CNY, COIN, Leg, Posting, derived_id, merged
from wallet.clearing.models import (
    Clearing,
    ClearingLine,
    ClearingPayment,
    ClearingStatement,
    ClearingStep,
)
from wallet.clearing.operations.say import (
    BadClearingText,
    LineLeftOut,
    NothingDisputed,
    held_statement,
)
from wallet.clearing.operations.strike import charge_anew
from wallet.clearing.queries import (
    charges_by,
    credits_kept,
    may_wait,
    payments_due,
    why_not_ready,
)
from wallet.clearing.rules import is_said
from wallet.holders.models import User


class LinesOpen(Refusal):
    """The carrier has not confirmed every line of its statement."""

    code = "lines_open"


class ChargeDisputed(Refusal):
    """Another carrier disputes what it is charged for this carrier's redemptions."""

    code = "charge_disputed"


class LineCountedOn(Refusal):
    """Others' redemptions, a later clearing or a booked statement count on what this line takes off."""

    code = "line_counted_on"


class StepOpen(Refusal):
    """The same was proposed already, and waits for a second person."""

    code = "step_open"


class StepDecided(Refusal):
    """Somebody decided this proposal already."""

    code = "step_decided"


class SamePerson(Refusal):
    """Whoever proposed it may not decide it."""

    code = "same_person"
    status = 403


@transaction.atomic
def propose_retirement(
    *, statement: ClearingStatement, reason: str, by: User, key: UUID, now: datetime
) -> ClearingStep:
    """Propose that a confirmed statement is booked, and return the proposal.

    Raises: as `_propose`, and
        LinesOpen, ChargeDisputed: not everything is confirmed.
    """
    held = held_statement(statement)
    _refuse_unready(held)
    return _propose(held, line=None, reason=reason, by=by, key=key, now=now)


@transaction.atomic
def propose_leaving_out(
    *, line: ClearingLine, reason: str, by: User, key: UUID, now: datetime
) -> ClearingStep:
    """Propose that a disputed line waits for the next month's statement; return the proposal.

    Raises: as `_propose`, and
        NothingDisputed: it is no disputed redemption.
        LineCountedOn: it takes something off that is counted on.
    """
    held = held_statement(line.statement)
    _refuse_what_stays_in(ClearingLine.objects.select_related("statement").get(pk=line.pk))
    return _propose(held, line=line, reason=reason, by=by, key=key, now=now)


def _propose(
    statement: ClearingStatement,
    *,
    line: ClearingLine | None,
    reason: str,
    by: User,
    key: UUID,
    now: datetime,
) -> ClearingStep:
    """Write a proposal.

    Raises:
        BadClearingText: the reason is empty or too long.
        StatementRetired: the statement is booked.
        KeyReused: the key already names another proposal.
        StepOpen: the same waits for a second person.
    """
    if not is_said(reason):
        raise BadClearingText("Say why in 1 to 500 characters.")
    step_id = derived_id(by.pk, "propose_clearing", key)
    about = {"statement_id": statement.pk, "line_id": line.pk if line else None, "reason": reason}
    found = ClearingStep.objects.filter(pk=step_id).first()
    if found is not None:
        if any(getattr(found, name) != value for name, value in about.items()):
            raise KeyReused("The key already names another proposal.", field="reason")
        return found
    if statement.steps.filter(line=line, outcome="").exists():
        raise StepOpen("This was proposed already, and waits for a second person.")
    kind = ClearingStep.Kind.LEAVE_OUT if line else ClearingStep.Kind.RETIRE
    return ClearingStep.objects.create(
        pk=step_id, kind=kind, proposed_by=by, proposed_at=now, **about
    )


@transaction.atomic
def decline_clearing_step(*, step: ClearingStep, by: User, now: datetime) -> ClearingStep:
    """Decline what somebody else proposed, and return it.

    Raises:
        SamePerson: it is one's own proposal.
        StepDecided: it was decided otherwise.
    """
    held = _held_step(step, by=by)
    return _decided(held, outcome=ClearingStep.Outcome.DECLINED, by=by, now=now)


@transaction.atomic
def approve_clearing_step(*, step: ClearingStep, by: User, now: datetime) -> ClearingStep:
    """Carry out what somebody else proposed, and return it: a statement booked, a line left out.

    Raises:
        SamePerson: it is one's own proposal.
        StepDecided: it was declined.
        LinesOpen, ChargeDisputed, NothingDisputed, LineCountedOn, StatementRetired: it no longer
            stands so.
    """
    held = _held_step(step, by=by)
    if held.outcome:
        return _decided(held, outcome=ClearingStep.Outcome.APPROVED, by=by, now=now)
    statement = held_statement(held.statement)
    posting = None
    if held.line is not None:
        _leave_out(held.line, statement=statement, now=now)
    else:
        _refuse_unready(statement)
        posting = _retire(statement, by=by, now=now)
    _decided(held, outcome=ClearingStep.Outcome.APPROVED, by=by, now=now)
    if posting is not None and posting.legs:
        post(posting)
    return held


def _held_step(step: ClearingStep, *, by: User) -> ClearingStep:
    Clearing.objects.select_for_update().get(pk=step.statement.clearing_id)
    held = ClearingStep.objects.select_related("statement", "line").get(pk=step.pk)
    if held.proposed_by_id == by.pk:
        raise SamePerson("Whoever proposed it may not decide it.")
    return held


def _decided(
    step: ClearingStep, *, outcome: ClearingStep.Outcome, by: User, now: datetime
) -> ClearingStep:
    if step.outcome and step.outcome != outcome:
        raise StepDecided("Somebody decided this already.", outcome=step.outcome)
    if not step.outcome:
        step.outcome, step.decided_by, step.decided_at = outcome, by, now
        step.save()
    return step


def _refuse_unready(statement: ClearingStatement) -> None:
    left = why_not_ready(statement)
    if "disputed_by_others" in left:
        raise ChargeDisputed("Another carrier disputes what it is charged for these redemptions.")
    if left:
        raise LinesOpen("The carrier has not confirmed every line.", lines=sum(left.values()))


def _refuse_what_stays_in(line: ClearingLine) -> None:
    if line.state == ClearingLine.State.LEFT_OUT:
        raise LineLeftOut("The line was left out already.")
    if (line.side, line.state) != (ClearingLine.Side.CREDIT, ClearingLine.State.DISPUTED):
        raise NothingDisputed("Only a disputed redemption can be left out.")
    if not may_wait(line):
        raise LineCountedOn(
            "Redemptions, a later clearing or a booked statement count on what this line takes off:"
            " answer the carrier, and put right what is wrong by an adjustment."
        )


def _leave_out(line: ClearingLine, *, statement: ClearingStatement, now: datetime) -> None:
    _refuse_what_stays_in(line)
    line.state = ClearingLine.State.LEFT_OUT
    line.save(update_fields=["state"])
    charge_anew(statement)


def _retire(statement: ClearingStatement, *, by: User, now: datetime) -> Posting:
    statement.retired_at = now
    statement.save(update_fields=["retired_at"])
    clearing = statement.clearing
    if not clearing.statements.filter(retired_at=None).exists():
        _settle(clearing, now=now)
    return Posting(
        id=derived_id(statement.pk, "retire"),
        kind="clearing",
        at=now,
        actor=f"admin/{by.pk}",
        legs=merged(_legs(statement)),
        metadata={"statement": str(statement.pk)},
    )


def _legs(statement: ClearingStatement) -> Iterator[Leg]:
    """Coins go back to those who issued them; the issuers' revenue pays the carrier's cost."""
    carrier = statement.carrier_id
    for credit in credits_kept(statement):
        is_fee = credit.account == "fees"
        source = f"fees/{carrier}" if is_fee else f"carrier/{carrier}/payable"
        yield Leg(source, COIN, -credit.coins)
    for charge in charges_by(statement).order_by("statement__carrier"):
        issuer = f"issuer/{charge.statement.carrier_id}"
        yield Leg(issuer, COIN, charge.coins)
        yield Leg(f"{issuer}/revenue", CNY, -charge.fen)
        yield Leg(f"carrier/{carrier}/cost", CNY, charge.fen)


def _settle(clearing: Clearing, *, now: datetime) -> None:
    clearing.settled_at = now
    clearing.save(update_fields=["settled_at"])
    ClearingPayment.objects.bulk_create(
        ClearingPayment(
            id=derived_id("clearing_payment", clearing.pk, due.debtor, due.creditor),
            clearing=clearing,
            debtor_id=due.debtor,
            creditor_id=due.creditor,
            fen=due.fen,
        )
        for due in payments_due(clearing)
    )
