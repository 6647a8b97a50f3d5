"""Approve and post, decline, withdraw; end what nobody decided."""

from datetime import datetime
from uuid import UUID

from django.db import connection, transaction

from ledger.adjustments import refusals as ours
from ledger.adjustments.models import AdjustmentLimit, Proposal, ProposalDecision
from ledger.adjustments.operations.limits import DATABASE_REFUSALS, allowed
from ledger.adjustments.queries import postings_of
from ledger.adjustments.rules import REASON_LENGTH_MIN, Person
from ledger.operations import post_batch, refusing
from ledger.registry import ApprovedAction, action_named
from ledger.rules import Posting

_DECIDE = "SELECT public.ledger_decide_v1(%s, %s, %s, %s, %s, %s, %s)"


@transaction.atomic
def approve_proposal(*, proposal: UUID, note: str = "", by: Person, now: datetime) -> Proposal:
    """Post what somebody else proposed, all of it, and return the proposal.

    Asked again by the same person, nothing more is posted.

    Raises:
        UnknownProposal, ProposalDecided, ProposalExpired: there is nothing to approve.
        OwnProposal: who proposed it may not approve it.
        AdjustmentRoleMissing, AdjustmentLimitPassed, EscrowNotAllowed: the role may not.
        AlreadyReversed, BalanceTooLow, BalanceTooHigh, AssetExpired, MonthClosed, MonthNotOpen:
            the books, as they are now, do not take it.
    """
    limit = allowed(by, act=AdjustmentLimit.Act.APPROVE)
    decided = _is_decided(
        proposal, outcome="approved", role=limit.role, reason=note, by=by, now=now
    )
    found = Proposal.objects.get(pk=proposal)
    if decided:
        _carry_out(found, by=by, now=now)
    return found


def _carry_out(proposal: Proposal, *, by: Person, now: datetime) -> None:
    """Let an app do its part, then post: last, and in the same database transaction."""
    postings = [
        Posting(
            id=row.transaction_id,
            kind=proposal.kind,
            at=now,
            actor=f"admin/{by.id}",
            legs=legs,
            metadata={"proposal": str(proposal.pk)},
            reverses=row.reverses,
        )
        for row, legs in postings_of(proposal)
    ]
    if proposal.action:
        act = action_named(proposal.action)
        if act is None:
            raise ours.UnknownAction(f"No app carries out {proposal.action}.")
        act(
            ApprovedAction(
                subject=proposal.subject,
                proposal=proposal.pk,
                reversals=tuple(posting.id for posting in postings),
                actor=f"admin/{by.id}",
                at=now,
            )
        )
    post_batch(postings)


@transaction.atomic
def decline_proposal(*, proposal: UUID, reason: str, by: Person, now: datetime) -> Proposal:
    """End what somebody else proposed without posting it, and return the proposal.

    Raises:
        AdjustmentReasonMissing: the reason is too short to tell anything.
        UnknownProposal, ProposalDecided, ProposalExpired: there is nothing to decline.
        OwnProposal: who proposed it withdraws it instead.
        AdjustmentRoleMissing: the person has no role that approves.
    """
    if len(reason.strip()) < REASON_LENGTH_MIN:
        raise ours.AdjustmentReasonMissing(f"Say why, in {REASON_LENGTH_MIN} letters or more.")
    limit = allowed(by, act=AdjustmentLimit.Act.APPROVE)
    _is_decided(proposal, outcome="declined", role=limit.role, reason=reason, by=by, now=now)
    return Proposal.objects.get(pk=proposal)


@transaction.atomic
def withdraw_proposal(*, proposal: UUID, reason: str = "", by: Person, now: datetime) -> Proposal:
    """End what the same person proposed, and return the proposal.

    Raises:
        UnknownProposal, ProposalDecided, ProposalExpired: there is nothing to withdraw.
        NotTheProposer: somebody else proposed it.
    """
    _is_decided(proposal, outcome="withdrawn", role="", reason=reason, by=by, now=now)
    return Proposal.objects.get(pk=proposal)


def expire_proposals(*, now: datetime) -> int:
    """End what stood open too long, up to 1,000 proposals, and return how many ended."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT public.ledger_expire_proposals_v1(%s)", [now])
        return int(cursor.fetchone()[0])


def _is_decided(
    proposal: UUID, *, outcome: str, role: str, reason: str, by: Person, now: datetime
) -> bool:
    """Write the decision; False if the same person decided the same before."""
    assert outcome in ProposalDecision.Outcome.values
    with refusing(DATABASE_REFUSALS), connection.cursor() as cursor:
        cursor.execute(_DECIDE, [proposal, outcome, by.id, role, by.address, reason, now])
        return bool(cursor.fetchone()[0])
