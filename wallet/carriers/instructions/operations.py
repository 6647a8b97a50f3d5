"""Instruct a carrier, claim what is to be asked of it, record what it answered.

A claim commits before the call and its answer after it: no transaction is open while a carrier
is waited for. Nothing is submitted twice under two references.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.db.models import CharField, Exists, OuterRef, Q
from django.db.models.functions import Cast

from wallet.carriers.adaptors.contract import NOT_SENT, Answer, Outcome
from wallet.carriers.instructions.breaker import note_answer, takes_a_call
from wallet.carriers.instructions.rules import (
    BY_HAND,
    CALL,
    LEASE,
    UNDECIDED_AFTER,
    UNSENT_MAX,
    pause_before,
)
from wallet.carriers.models import Break, Instruction

State = Instruction.State
_OPEN = Q(state__in=(State.CREATED, *Instruction.UNDECIDED))


def instruct_carrier(
    *,
    instruction_id: UUID,
    carrier: str,
    kind: Instruction.Kind,
    msisdn: str,
    mb: int,
    month: date,
    package: str = "",
    product: str = "",
    now: datetime,
) -> Instruction:
    """Write down what a carrier is to do (MB, in a month); the id is the reference it will know."""
    return Instruction.objects.create(
        id=instruction_id,
        carrier_id=carrier,
        kind=kind,
        msisdn=msisdn,
        mb=mb,
        month=month,
        package=package,
        product=product,
        next_at=now,
        created_at=now,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """An instruction to be asked about: carried out if it never was, else only by its status.

    `attempt` fences: only the latest claim's silence changes anything.
    """

    instruction: Instruction
    is_first: bool
    attempt: int


@transaction.atomic
def claim_instruction(*, carrier: str, now: datetime) -> Claim | None:
    """Claim the carrier's instruction that has waited longest.

    None if none is due, or if the carrier is given no more calls at present.
    """
    if not takes_a_call(carrier=carrier, now=now):
        return None
    free = Q(lease_until__isnull=True) | Q(lease_until__lt=now)
    due = Instruction.objects.select_for_update(skip_locked=True, of=("self",), no_key=True)
    found = (
        due.filter(_OPEN, free, carrier=carrier, next_at__lte=now).order_by("next_at", "id").first()
    )
    if found is None:
        return None
    is_first = found.state == State.CREATED
    if is_first:
        found.state, found.submitted_at = State.SUBMITTED, now
    elif found.lease_until is not None:
        # Whoever claimed it is gone, and nobody knows how far the call came.
        found.state, found.reason = State.UNKNOWN, "lease_lapsed"
    found.attempts += 1
    found.lease_until = now + LEASE
    found.save(
        update_fields=["state", "submitted_at", "reason", "attempts", "lease_until"],
    )
    return Claim(instruction=found, is_first=is_first, attempt=found.attempts)


def may_call(*, claim: Claim, now: datetime) -> bool:
    """Say whether enough of a claim's lease is left to begin the call."""
    lease_until = claim.instruction.lease_until
    return lease_until is not None and now + CALL <= lease_until


@transaction.atomic
def record_answer(*, claim: Claim, answer: Answer, now: datetime) -> Instruction:
    """Record what a carrier answered to a claim, and when to ask again if it decided nothing."""
    note_answer(carrier=claim.instruction.carrier_id, answer=answer, now=now)
    row = Instruction.objects.select_for_update(no_key=True).get(pk=claim.instruction.pk)
    if answer.outcome is Outcome.DELIVERED and answer.mb not in {None, row.mb}:
        _report(row, kind=Break.Kind.AMOUNT_DIFFERS, facts={"answered_mb": answer.mb}, now=now)
        answer = Answer(ref=answer.ref, outcome=Outcome.UNKNOWN, reason="amount_differs")
    if answer.outcome in {Outcome.DELIVERED, Outcome.FAILED}:
        return _decide(
            row,
            state=State(answer.outcome),
            reason=answer.reason,
            present_carrier=answer.carrier or "",
            now=now,
        )
    if row.state in Instruction.FINAL or row.attempts != claim.attempt:
        return row
    if answer.reason == NOT_SENT and claim.is_first:
        # Nothing left this machine, so it is as if it had never been tried.
        row.state, row.submitted_at = State.CREATED, None
    else:
        row.state = State(answer.outcome)
    row.reason = answer.reason
    row.lease_until = None
    row.next_at = now + pause_before(instruction=row.pk, attempt=row.attempts)
    row.save(update_fields=["state", "submitted_at", "reason", "lease_until", "next_at"])
    return row


@transaction.atomic
def give_up_unsent(*, now: datetime, limit: int = 500) -> list[Instruction]:
    """End as failed what could not be sent in 24 hours: what never left us was never done."""
    waiting = Instruction.objects.select_for_update(skip_locked=True, no_key=True).filter(
        state=State.CREATED, lease_until__isnull=True, created_at__lte=now - UNSENT_MAX
    )
    return [
        _decide(row, state=State.FAILED, reason=NOT_SENT, present_carrier="", now=now)
        for row in waiting.order_by("created_at", "id")[:limit]
    ]


def report_undecided(*, now: datetime, limit: int = 500) -> list[Break]:
    """Put what nobody could decide in 48 hours before an admin, once each."""
    known = Break.objects.filter(
        kind=Break.Kind.UNDECIDED, reference=Cast(OuterRef("pk"), CharField())
    )
    rows = Instruction.objects.filter(
        _OPEN, ~Exists(known), created_at__lte=now - UNDECIDED_AFTER
    ).order_by("created_at")[:limit]
    return [
        _report(row, kind=Break.Kind.UNDECIDED, facts={"state": row.state}, now=now) for row in rows
    ]


@transaction.atomic
def decide_by_hand(*, instruction: UUID, state: Instruction.State, now: datetime) -> Instruction:
    """Decide what no answer and no statement decided, and return it; a decided one stays as it is."""
    assert state in Instruction.FINAL
    row = Instruction.objects.select_for_update(no_key=True).get(pk=instruction)
    if row.state in Instruction.FINAL:
        return row
    return _decide(row, state=state, reason=BY_HAND, present_carrier="", now=now)


def _decide(
    row: Instruction, *, state: State, reason: str, present_carrier: str, now: datetime
) -> Instruction:
    if row.state in Instruction.FINAL:
        if row.state == State.FAILED and state == State.DELIVERED:
            # The goods went back already: the carrier's break, never a second debit.
            _report(
                row,
                kind=Break.Kind.DELIVERED_AFTER_REFUND,
                facts={"failed_because": row.reason},
                now=now,
            )
        return row
    row.state, row.reason, row.present_carrier = state, reason[:64], present_carrier
    row.decided_at, row.lease_until = now, None
    if row.submitted_at is None and reason != NOT_SENT:
        row.submitted_at = now
    row.save(
        update_fields=[
            "state",
            "reason",
            "present_carrier",
            "decided_at",
            "lease_until",
            "submitted_at",
        ]
    )
    return row


def _report(
    row: Instruction, *, kind: Break.Kind, facts: Mapping[str, object], now: datetime
) -> Break:
    found, _ = Break.objects.get_or_create(
        carrier_id=row.carrier_id,
        kind=kind,
        reference=str(row.pk),
        defaults={"facts": dict(facts), "found_at": now},
    )
    return found
