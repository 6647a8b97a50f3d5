"""Settle what differs: with a reason, by two persons' adjustment, or by two persons' decision."""

from datetime import datetime
from pathlib import Path
from uuid import UUID

from django.db import connection, transaction

from ledger.adjustments.models import ProposalDecision
from wallet.carriers.instructions.operations import decide_by_hand
from wallet.carriers.models import Break, Instruction
from wallet.carriers.reconciliation.refusals import (
    AdjustmentNotApproved,
    BreakNotUndecided,
    BreakReasonMissing,
    BreakResolved,
    OutcomeNotAsked,
    SecondPersonMissing,
)
from wallet.carriers.reconciliation.rules import REASON_LENGTH_MIN

ACTOR = "task/carriers"
_RESOLVE_DECIDED = (Path(__file__).parent / "sql" / "resolve_decided_v1.sql").read_text()


@transaction.atomic
def resolve_break(
    *, found: Break, resolution: str, proposal: UUID | None = None, actor: str, now: datetime
) -> Break:
    """Say how a difference was settled, and by which approved adjustment if value had to move.

    Said again alike, nothing changes.

    Raises:
        BreakReasonMissing: the reason is too short to tell anything.
        AdjustmentNotApproved: the proposal named was not approved by a second person.
        BreakResolved: it was settled otherwise.
    """
    resolution = _reason(resolution)
    row = Break.objects.select_for_update(no_key=True).get(pk=found.pk)
    if row.resolved_at is not None:
        if (row.resolution, row.proposal) != (resolution, proposal):
            raise BreakResolved("This break has been settled.")
        return row
    if proposal is not None and not _is_approved(proposal):
        raise AdjustmentNotApproved("No second person approved this adjustment.")
    row.asked_outcome = ""  # settled without deciding it
    row.proposal = proposal
    return _resolved(row, resolution=resolution, actor=actor, now=now)


@transaction.atomic
def ask_for_outcome(
    *, found: Break, outcome: Instruction.State, reason: str, actor: str, now: datetime
) -> Break:
    """Ask a second person to decide what nobody could: delivered or failed, and by what proof.

    Raises:
        BreakReasonMissing: the reason is too short to tell anything.
        BreakNotUndecided: an answer or a statement decides it, or did.
        BreakResolved: it was settled already.
    """
    reason = _reason(reason)
    row = _undecided(found)
    row.asked_outcome, row.asked_reason = outcome, reason
    row.asked_by, row.asked_at = actor, now
    row.save(update_fields=["asked_outcome", "asked_reason", "asked_by", "asked_at"])
    return row


@transaction.atomic
def confirm_outcome(*, found: Break, actor: str, now: datetime) -> Break:
    """Decide an instruction as somebody else asked: what it moves is posted as a carrier's word is.

    Raises:
        BreakNotUndecided, BreakResolved: there is nothing to decide.
        OutcomeNotAsked: nobody asked for an outcome.
        SecondPersonMissing: the same person asked for it.
    """
    row = _undecided(found)
    if not row.asked_outcome:
        raise OutcomeNotAsked("Nobody asked for an outcome.")
    if row.asked_by == actor:
        raise SecondPersonMissing("Another person has to confirm what you asked for.")
    state = Instruction.State(row.asked_outcome)
    decide_by_hand(instruction=UUID(row.reference), state=state, now=now)
    return _resolved(row, resolution=row.asked_reason, actor=actor, now=now)


@transaction.atomic
def decline_outcome(*, found: Break, actor: str, now: datetime) -> Break:
    """Leave undecided what somebody asked to decide; who asked may do so as well.

    Raises:
        BreakNotUndecided, BreakResolved: there is nothing to decide.
        OutcomeNotAsked: nobody asked for an outcome.
    """
    row = _undecided(found)
    if not row.asked_outcome:
        raise OutcomeNotAsked("Nobody asked for an outcome.")
    row.asked_outcome = row.asked_reason = row.asked_by = ""
    row.asked_at = None
    row.save(update_fields=["asked_outcome", "asked_reason", "asked_by", "asked_at"])
    return row


def resolve_decided(*, now: datetime) -> int:
    """Settle the breaks of what was undecided and has been decided since; return how many."""
    with connection.cursor() as cursor:
        cursor.execute(_RESOLVE_DECIDED, {"actor": ACTOR, "now": now})
        return int(cursor.rowcount)


def _undecided(found: Break) -> Break:
    row = Break.objects.select_for_update(no_key=True).get(pk=found.pk)
    if row.kind != Break.Kind.UNDECIDED:
        raise BreakNotUndecided("Only what nobody decided is decided by persons.")
    if row.resolved_at is not None:
        raise BreakResolved("This break has been settled.")
    if Instruction.objects.filter(pk=row.reference, state__in=Instruction.FINAL).exists():
        raise BreakNotUndecided("Its carrier has decided it meanwhile.")
    return row


def _resolved(row: Break, *, resolution: str, actor: str, now: datetime) -> Break:
    row.resolved_at, row.resolved_by, row.resolution = now, actor, resolution
    row.save(
        update_fields=["resolved_at", "resolved_by", "resolution", "proposal", "asked_outcome"]
    )
    return row


def _is_approved(proposal: UUID) -> bool:
    approved = ProposalDecision.Outcome.APPROVED
    return ProposalDecision.objects.filter(pk=proposal, outcome=approved).exists()


def _reason(text: str) -> str:
    text = text.strip()
    if len(text) < REASON_LENGTH_MIN:
        raise BreakReasonMissing(f"Say why, in {REASON_LENGTH_MIN} letters or more.")
    return text
