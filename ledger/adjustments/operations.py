"""Propose, approve, decline, withdraw, expire: the database's functions hold it to two persons."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import connection, transaction

from ledger import refusals
from ledger.adjustments import refusals as ours
from ledger.adjustments.models import AdjustmentLimit, Proposal, ProposalDecision
from ledger.adjustments.queries import limit_of, postings_of, unknown_addresses
from ledger.adjustments.rules import ATTACHMENT_LENGTH_MAX, REASON_LENGTH_MIN, Person
from ledger.operations import post_batch, refusing
from ledger.registry import ApprovedAction, action_named
from ledger.rules import AMOUNT_MAX, Leg, Posting, derived_id, merged

_REFUSALS: dict[str, type[refusals.Refusal]] = {
    "FC051": ours.UnknownProposal,
    "FC052": ours.ProposalDecided,
    "FC053": ours.OwnProposal,
    "FC054": ours.ProposalExpired,
    "FC055": ours.AdjustmentLimitPassed,
    "FC056": ours.AdjustmentRoleMissing,
    "FC057": ours.EscrowNotAllowed,
    "FC058": ours.NotTheProposer,
    "FC059": ours.NotApproved,
    "FC060": refusals.AlreadyReversed,
}
_PROPOSE = (
    "SELECT public.ledger_propose_v1(%s, %s, %s, %s, %s, %s, %s, %s, %s, %s,"
    " %s::uuid[], %s::text[], %s::text[], %s::bigint[])"
)
_DECIDE = "SELECT public.ledger_decide_v1(%s, %s, %s, %s, %s, %s, %s)"
_LIMIT = (
    "SELECT public.ledger_set_adjustment_limit_v1(%s, %s, %s, %s, %s, %s::smallint, %s, %s, %s)"
)


@transaction.atomic
def propose_adjustment(
    *, legs: Sequence[Leg], reason: str, attachment: str = "", by: Person, key: UUID, now: datetime
) -> Proposal:
    """Propose legs (whole coins, MB or fen) that a second person may approve.

    Asked again with the same key, the first proposal comes back.

    Raises:
        AdjustmentReasonMissing, AttachmentTooLong: the reason or what is attached tells nothing,
            or more than is kept.
        InvalidPosting, UnknownAddress: no posting has such legs, or nobody stands there.
        AdjustmentRoleMissing, AdjustmentLimitPassed, EscrowNotAllowed: the role may not.
        KeyReused: the key already names another proposal.
    """
    strange = unknown_addresses(leg.address for leg in legs)
    if strange:
        raise refusals.UnknownAddress(f"Nothing stands at {strange[0]}.", address=strange[0])
    for leg in legs:
        if abs(leg.amount) > AMOUNT_MAX:
            raise refusals.AmountOutOfRange(f"{leg.amount} does not fit 64 bits.")
    asked = Proposal(kind=Proposal.Kind.ADJUSTMENT, reason=reason, attachment=attachment)
    return _proposed(asked, legs=[tuple(legs)], reverses=(), by=by, key=key, now=now)


@transaction.atomic
def propose_reversal(
    *,
    transactions: Sequence[UUID],
    reason: str,
    attachment: str = "",
    action: str = "",
    subject: str = "",
    by: Person,
    key: UUID,
    now: datetime,
) -> Proposal:
    """Propose to reverse transactions, all of them or none, in the order given.

    `action` names what an app carries out with it, in the same database transaction, on `subject`.
    Asked again with the same key, the first proposal comes back.

    Raises:
        AdjustmentReasonMissing, AttachmentTooLong: as for an adjustment.
        UnknownAction: no app carries out such an action.
        InvalidPosting, UnknownTransaction, AlreadyReversed: these cannot be reversed.
        AdjustmentRoleMissing, AdjustmentLimitPassed, EscrowNotAllowed: the role may not.
        KeyReused: the key already names another proposal.
    """
    if action and action_named(action) is None:
        raise ours.UnknownAction(f"No app carries out {action}.", action=action)
    asked = Proposal(
        kind=Proposal.Kind.REVERSAL,
        reason=reason,
        attachment=attachment,
        action=action,
        subject=subject,
    )
    return _proposed(asked, legs=[], reverses=tuple(transactions), by=by, key=key, now=now)


def _proposed(
    asked: Proposal,
    *,
    legs: Sequence[tuple[Leg, ...]],
    reverses: tuple[UUID, ...],
    by: Person,
    key: UUID,
    now: datetime,
) -> Proposal:
    asked.id = derived_id(by.id, "propose", key)
    asked.reason = asked.reason.strip()
    if len(asked.reason) < REASON_LENGTH_MIN:
        raise ours.AdjustmentReasonMissing(f"Say why, in {REASON_LENGTH_MIN} letters or more.")
    if len(asked.attachment) > ATTACHMENT_LENGTH_MAX:
        raise ours.AttachmentTooLong(f"Attach {ATTACHMENT_LENGTH_MAX} letters at most.")
    flat = [leg for one in legs for leg in one]
    before = Proposal.objects.filter(pk=asked.pk).first()
    if before is None and _is_written(asked, legs=flat, reverses=reverses, by=by, now=now):
        return Proposal.objects.get(pk=asked.pk)
    before = before or Proposal.objects.get(pk=asked.pk)
    _refuse_other_proposal(before, asked=asked, legs=legs, reverses=reverses)
    return before


def _is_written(
    asked: Proposal,
    *,
    legs: Sequence[Leg],
    reverses: tuple[UUID, ...],
    by: Person,
    now: datetime,
) -> bool:
    limit = _limit_of(by, act=AdjustmentLimit.Act.PROPOSE)
    with refusing(_REFUSALS), connection.cursor() as cursor:
        cursor.execute(
            _PROPOSE,
            [
                asked.id,
                asked.kind,
                asked.action,
                asked.subject,
                asked.reason,
                asked.attachment,
                by.id,
                limit.role,
                by.address,
                now,
                list(reverses),
                [leg.address for leg in legs],
                [leg.asset for leg in legs],
                [leg.amount for leg in legs],
            ],
        )
        return bool(cursor.fetchone()[0])


def _refuse_other_proposal(
    before: Proposal,
    *,
    asked: Proposal,
    legs: Sequence[tuple[Leg, ...]],
    reverses: tuple[UUID, ...],
) -> None:
    for field in ("kind", "action", "subject", "reason", "attachment"):
        if getattr(before, field) != getattr(asked, field):
            raise refusals.KeyReused("The key names another proposal.", field=field)
    postings = postings_of(before)
    named = tuple(row.reverses for row, _ in postings if row.reverses)
    if named != reverses:
        raise refusals.KeyReused("The key names another proposal.", field="transactions")
    if legs and [set(one) for _, one in postings] != [set(one) for one in legs]:
        raise refusals.KeyReused("The key names another proposal.", field="legs")


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
    limit = _limit_of(by, act=AdjustmentLimit.Act.APPROVE)
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
            legs=merged(legs),
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
    with refusing(_REFUSALS):
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
    limit = _limit_of(by, act=AdjustmentLimit.Act.APPROVE)
    _is_decided(proposal, outcome="declined", role=limit.role, reason=reason, by=by, now=now)
    return Proposal.objects.get(pk=proposal)


@transaction.atomic
def withdraw_proposal(
    *, proposal: UUID, reason: str = "", by: Person, now: datetime
) -> Proposal:
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


@transaction.atomic
def set_adjustment_limit(
    *,
    role: str,
    act: str,
    units_each_max: int,
    units_per_day_max: int,
    escrows: bool,
    open_days: int | None,
    reason: str,
    by: str,
    now: datetime,
) -> AdjustmentLimit:
    """Give a role another limit (whole units) from now on; the rows before it stay.

    A limit of zero takes the act from the role.

    Raises:
        AdjustmentReasonMissing: the reason is too short to tell anything.
        BadAdjustmentLimit: a day below a single one, or days that do not belong to the act.
    """
    if len(reason.strip()) < REASON_LENGTH_MIN:
        raise ours.AdjustmentReasonMissing(f"Say why, in {REASON_LENGTH_MIN} letters or more.")
    if not 0 <= units_each_max <= units_per_day_max <= AMOUNT_MAX:
        raise ours.BadAdjustmentLimit("The limit of a day is not below that of a single one.")
    if (act == AdjustmentLimit.Act.PROPOSE) != (open_days is not None):
        raise ours.BadAdjustmentLimit("Days open belong to what is proposed, and only to it.")
    row = [role, act, units_each_max, units_per_day_max, escrows, open_days, by, now, reason]
    with connection.cursor() as cursor:
        cursor.execute(_LIMIT, row)
        return AdjustmentLimit.objects.get(pk=cursor.fetchone()[0])


def _limit_of(person: Person, *, act: AdjustmentLimit.Act) -> AdjustmentLimit:
    limit = limit_of(person, act=act)
    if limit is None:
        raise ours.AdjustmentRoleMissing(
            f"No role of this person may {act} adjustments.", act=str(act)
        )
    return limit


def _is_decided(
    proposal: UUID, *, outcome: str, role: str, reason: str, by: Person, now: datetime
) -> bool:
    """Write the decision; False if the same person decided the same before."""
    assert outcome in ProposalDecision.Outcome.values
    with refusing(_REFUSALS), connection.cursor() as cursor:
        cursor.execute(_DECIDE, [proposal, outcome, by.id, role, by.address, reason, now])
        return bool(cursor.fetchone()[0])
