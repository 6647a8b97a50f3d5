"""Claim the message that is due, and record what became of it.

A claim commits before the gateway is called and the outcome after it: no transaction is open
while a gateway is waited for. What may have been sent is asked about, and never sent again.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from wallet.gateways.contract import Answer, Outcome
from wallet.notify.models import Message
from wallet.notify.queries import (
    Terms,
    destination_of,
    owners_without_wallet,
    reach_of,
    terms_at,
    wants,
)
from wallet.notify.rules import LEASE, TRIES_MAX, is_night, night_ends, pause_after

State = Message.State
CANNOT_BE_ASKED = "cannot_be_asked"


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A message to be handed over, or asked about if it may be with the gateway already.

    `attempt` fences: only the latest claim's failure changes anything.
    """

    message: Message
    must_ask: bool
    attempt: int


def claim_message(*, now: datetime) -> Claim | None:
    """Claim the message that has waited longest, or None; what nobody wants any more is dropped."""
    terms = terms_at(now)
    while True:
        with transaction.atomic():
            found = _due(now=now, terms=terms)
            if found is None:
                return None
            reason = _against(found, now=now, terms=terms)
            if not reason:
                return _claimed(found, now=now)
            _end(found, state=State.DROPPED, reason=reason, now=now)


@transaction.atomic
def record_outcome(*, claim: Claim, answer: Answer, now: datetime) -> Message:
    """Record what became of a claimed message, and when it is tried or asked about again."""
    row = Message.objects.select_for_update(no_key=True).get(pk=claim.message.pk)
    if row.state not in Message.OPEN:
        return row
    if answer.outcome is Outcome.SENT:
        return _end(row, state=State.SENT, reason="", now=now)
    if row.attempts != claim.attempt:
        return row
    if answer.outcome is Outcome.REFUSED:
        return _end(row, state=State.FAILED, reason=answer.reason, now=now)
    if row.attempts >= TRIES_MAX or answer.reason == CANNOT_BE_ASKED:
        return _end(row, state=State.FAILED, reason=answer.reason, now=now)
    row.state = State.WAITING if answer.outcome is Outcome.NOT_SENT else State.UNKNOWN
    row.reason, row.lease_until = answer.reason[:32], None
    row.next_at = _next_try(row, now=now)
    row.save(update_fields=["state", "reason", "lease_until", "next_at"])
    return row


def _due(*, now: datetime, terms: Terms) -> Message | None:
    free = Q(lease_until=None) | Q(lease_until__lt=now)
    due = Message.objects.select_for_update(of=("self",), skip_locked=True, no_key=True)
    due = due.filter(free, state__in=Message.OPEN, next_at__lte=now)
    if is_night(now, from_hour=terms.from_hour, until_hour=terms.until_hour):
        # To ask about one wakes nobody.
        due = due.filter(Q(is_urgent=True) | ~Q(state=State.WAITING))
    return due.select_related("holder__user", "user").order_by("next_at", "id").first()


def _against(row: Message, *, now: datetime, terms: Terms) -> str:
    """Return why a message is not to be handed over any more, or nothing."""
    if row.state != State.WAITING:
        return ""
    if row.made_at <= now - timedelta(hours=terms.late_hours):
        return "too_late"
    if not _is_wanted(row, terms=terms):
        return "unwanted"
    if not destination_of(row, reach=reach_of(row.holder)):
        return "no_address"
    return ""


def _is_wanted(row: Message, *, terms: Terms) -> bool:
    if row.user is not None:
        # Without a wallet nothing is chosen; who is no owner any more is told nothing.
        return row.user in owners_without_wallet([row.holder_id]).get(row.holder_id, [])
    return wants(holder=row.holder, channel=row.channel, kind=row.kind, terms=terms)


def _claimed(row: Message, *, now: datetime) -> Claim:
    must_ask = row.state != State.WAITING  # whoever was sending it is gone, or heard nothing
    row.state = State.SENDING
    row.attempts += 1
    row.lease_until = now + LEASE
    row.save(update_fields=["state", "attempts", "lease_until"])
    return Claim(message=row, must_ask=must_ask, attempt=row.attempts)


def _next_try(row: Message, *, now: datetime) -> datetime:
    at = now + pause_after(message=row.pk, attempt=row.attempts)
    if row.is_urgent or row.state == State.UNKNOWN:
        return at
    terms = terms_at(now)
    return night_ends(at, from_hour=terms.from_hour, until_hour=terms.until_hour)


def _end(row: Message, *, state: Message.State, reason: str, now: datetime) -> Message:
    row.state, row.reason, row.lease_until, row.ended_at = state, reason[:32], None, now
    row.save(update_fields=["state", "reason", "lease_until", "ended_at"])
    return row
