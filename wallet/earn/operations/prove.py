"""Take a sponsor's word, signed at the door, that an event of an earning happened."""

import re
from datetime import datetime
from uuid import UUID

from django.db import transaction

from ledger.refusals import KeyReused, Refusal
from wallet.earn.models import Earning, EarningStage, Postback
from wallet.earn.operations.pay import vest_stages
from wallet.earn.rules import EVENT, is_out_of_order, vests_at
from wallet.holders.operations import lock_holder
from wallet.sponsors.models import Sponsor

MESSAGE_ID = re.compile(r"[\x21-\x7e]{1,64}")


class BadPostback(Refusal):
    """The message's id or event cannot be used; `field` says which."""

    code = "bad_postback"
    status = 422


class UnknownEarning(Refusal):
    """No task of this sponsor was started under this id."""

    code = "unknown_earning"
    status = 404


class UnknownEvent(Refusal):
    """The task has no stage that this event proves."""

    code = "unknown_event"
    status = 422


class EventOutOfOrder(Refusal):
    """A later stage was reported before the first."""

    code = "event_out_of_order"


class EarningEnded(Refusal):
    """The stage lapsed before its event came."""

    code = "earning_ended"


@transaction.atomic
def receive_postback(
    *,
    sponsor: Sponsor,
    message_id: str,
    earning_id: UUID,
    event: str,
    happened_at: datetime,
    now: datetime,
) -> Postback:
    """Prove a stage by a sponsor's message, pay it out if its day has come, return the message.

    The same message again gives the first back; another message of the same event is kept and
    changes nothing: an event pays once.

    Raises:
        BadPostback: the message's id or event cannot be used.
        UnknownEarning: no task of this sponsor was started under this id.
        UnknownEvent: the task has no such stage.
        EventOutOfOrder: the first stage is not proved yet.
        EarningEnded: the stage lapsed.
        KeyReused: the message's id already names another event.
    """
    _refuse_strange_message(message_id=message_id, event=event)
    earning = _locked(sponsor=sponsor, earning_id=earning_id)
    message, is_new = Postback.objects.get_or_create(
        sponsor_id=sponsor.pk,
        message_id=message_id,
        defaults={
            "earning": earning,
            "event": event,
            "happened_at": happened_at,
            "received_at": now,
        },
    )
    _refuse_reuse(message, earning_id=earning.pk, event=event)
    if is_new:
        _prove(earning=earning, event=event, actor=f"sponsor/{sponsor.pk}", now=now)
    return message


def _refuse_strange_message(*, message_id: str, event: str) -> None:
    if not MESSAGE_ID.fullmatch(message_id):
        raise BadPostback("A message's id is 1 to 64 printable characters.", field="message_id")
    if not EVENT.fullmatch(event):
        raise BadPostback("An event is 1 to 16 of a-z, 0-9, - and _.", field="event")


def _locked(*, sponsor: Sponsor, earning_id: UUID) -> Earning:
    found = (
        Earning.objects.filter(pk=earning_id, task__campaign__sponsor_id=sponsor.pk)
        .select_related("holder")
        .first()
    )
    if found is None:
        raise UnknownEarning("No task of yours was started under this id.")
    lock_holder(found.holder)
    return (
        Earning.objects.select_for_update(of=("self",))
        .select_related("task", "holder")
        .get(pk=found.pk)
    )


def _refuse_reuse(message: Postback, *, earning_id: UUID, event: str) -> None:
    for field, value in (("earning_id", earning_id), ("event", event)):
        if getattr(message, field) != value:
            name = field.removesuffix("_id")
            raise KeyReused("The message's id already names another event.", field=name)


def _prove(*, earning: Earning, event: str, actor: str, now: datetime) -> None:
    stages = {stage.event: stage for stage in earning.stages.all()}
    stage = stages.get(event)
    if stage is None:
        raise UnknownEvent("The task has no stage of this event.", event=event)
    if stage.state == EarningStage.State.LAPSED:
        raise EarningEnded("The time for this task is over.")
    if stage.proved_at is not None:
        return
    events = list(stages)
    proved = [one.event for one in stages.values() if one.proved_at]
    if is_out_of_order(event=event, events=events, proved=proved):
        raise EventOutOfOrder(f"{events[0]} comes before {event}.", first=events[0])
    stage.state = EarningStage.State.PROVED
    stage.proved_at = now
    stage.vests_at = vests_at(
        first_proved_at=stages[events[0]].proved_at or now, proved_at=now, vest_days=stage.vest_days
    )
    stage.save(update_fields=["state", "proved_at", "vests_at"])
    if stage.vests_at <= now:
        vest_stages(earning=earning, stages=[stage], actor=actor, now=now)
