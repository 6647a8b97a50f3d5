"""Propose legs, or the reversal of transactions."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import connection, transaction

from ledger import refusals
from ledger.adjustments import refusals as ours
from ledger.adjustments.models import AdjustmentLimit, Proposal
from ledger.adjustments.operations.limits import DATABASE_REFUSALS, allowed
from ledger.adjustments.queries import kinds_behind, postings_of, unknown_addresses
from ledger.adjustments.rules import ATTACHMENT_LENGTH_MAX, REASON_LENGTH_MIN, Person
from ledger.operations import refusing
from ledger.registry import action_named, ways_back
from ledger.rules import AMOUNT_MAX, Leg, derived_id

_PROPOSE = (
    "SELECT public.ledger_propose_v1(%s, %s, %s, %s, %s, %s, %s, %s, %s, %s,"
    " %s::uuid[], %s::text[], %s::text[], %s::bigint[])"
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
        OwnWayBack: without an action, a row of an app would be left as it was.
        InvalidPosting, UnknownTransaction, AlreadyReversed: these cannot be reversed.
        AdjustmentRoleMissing, AdjustmentLimitPassed, EscrowNotAllowed: the role may not.
        KeyReused: the key already names another proposal.
    """
    if action and action_named(action) is None:
        raise ours.UnknownAction(f"No app carries out {action}.", action=action)
    if not action:
        _refuse_own_way_back(transactions)
    asked = Proposal(
        kind=Proposal.Kind.REVERSAL,
        reason=reason,
        attachment=attachment,
        action=action,
        subject=subject,
    )
    return _proposed(asked, legs=[], reverses=tuple(transactions), by=by, key=key, now=now)


def _refuse_own_way_back(transactions: Sequence[UUID]) -> None:
    """Refuse what an app undoes in a way of its own, and what would undo such an undoing."""
    for kind in kinds_behind(transactions):
        if kind in ways_back():
            raise ours.OwnWayBack(f"A {kind} is not undone by a bare reversal.", kind=kind)


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
    limit = allowed(by, act=AdjustmentLimit.Act.PROPOSE)
    with refusing(DATABASE_REFUSALS), connection.cursor() as cursor:
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
