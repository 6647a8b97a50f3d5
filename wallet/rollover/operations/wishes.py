"""What a holder wishes for a month's end: roll by itself, or be asked; yes or no for one month."""

from datetime import date, datetime, timedelta

from django.db import transaction

from ledger.models import Month
from ledger.queries import month_state
from ledger.refusals import Refusal
from ledger.rules import derived_id, month_after, month_name, month_of, starts_at
from wallet.carriers.models import Usage
from wallet.holders.models import Holder, Number
from wallet.holders.operations import lock_holder, tell
from wallet.holders.queries import number_of
from wallet.policy.queries import policy_int
from wallet.rollover.models import RollAnswer, RollWish
from wallet.rollover.queries import unanswered

#: Who wants to be asked is asked this long before the month ends.
ASK_BEFORE = timedelta(days=3)


class RollNotOpen(Refusal):
    """What becomes of the month is decided already, or not to be decided yet."""

    code = "roll_not_open"


@transaction.atomic
def wish_roll(*, holder: Holder, number: Number, asks: bool, now: datetime) -> RollWish:
    """Have a number's months roll by themselves, or only after its holder's word.

    Raises:
        UnknownId: the number is not the holder's.
    """
    held = lock_holder(holder)
    own = number_of(holder=held, number_id=number.pk)
    row, _ = RollWish.objects.update_or_create(number=own, defaults={"asks": asks, "set_at": now})
    return row


@transaction.atomic
def answer_roll(
    *, holder: Holder, number: Number, month: date, rolls: bool, now: datetime
) -> RollAnswer:
    """Say whether a number's month rolls; until the month ends the last word counts.

    A month that waited for the word may have it for `rollover.claim_late_days` more, once closed.

    Raises:
        UnknownId: the number is not the holder's.
        RollNotOpen: the month is decided, being closed, too long ago, or yet to come.
    """
    held = lock_holder(holder)
    own = number_of(holder=held, number_id=number.pk)
    if month != month_of(now):
        _refuse_decided(number=own, month=month, now=now)
    row, _ = RollAnswer.objects.update_or_create(
        number=own, month=month, defaults={"rolls": rolls, "answered_at": now}
    )
    return row


def _refuse_decided(*, number: Number, month: date, now: datetime) -> None:
    days = policy_int("rollover.claim_late_days", now=now, scope=number.carrier_id)
    ends_at = starts_at(month_after(month))
    closed = Usage.objects.filter(msisdn=number.msisdn, month=month, in_close=True)
    if (
        not ends_at <= now < ends_at + timedelta(days=days)
        or month_state(month) != Month.State.CLOSED
        or closed.exists()
    ):
        raise RollNotOpen(f"{month_name(month)} takes no word now.", month=month_name(month))


def ask_about_rolls(*, now: datetime) -> int:
    """Ask, in a month's last days, the holders who want to be asked; return how many numbers."""
    month = month_of(now)
    if now < starts_at(month_after(month)) - ASK_BEFORE:
        return 0
    waiting = unanswered(month=month)
    for number in waiting:
        assert number.holder is not None
        tell(
            holder=number.holder,
            kind="roll_asked",
            subject_id=derived_id(number.pk, "roll_asked", month_name(month)),
            facts={"number": str(number), "month": month_name(month)},
            now=now,
        )
    return len(waiting)
