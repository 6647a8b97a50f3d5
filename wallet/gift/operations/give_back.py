"""Give back what nobody claimed: when the sender cancels, when the time is over."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet, TextField, Value
from django.db.models.functions import Cast, Concat, Right

from ledger.models import Balance
from ledger.operations import post, post_batch
from ledger.rules import COIN, Posting, derived_id, month_name, month_of, move
from wallet.gift.models import Gift
from wallet.gift.operations.claim import refuse_ended
from wallet.gift.queries import address_of, gifts_to_return, source_of
from wallet.holders.models import Holder
from wallet.holders.operations import lock_holder, tell
from wallet.holders.rules import UnknownId


@transaction.atomic
def cancel_gift(*, gift: Gift, sender: Holder, now: datetime) -> Gift:
    """Take back a gift nobody has claimed; cancelled again, nothing moves.

    Raises:
        UnknownId: the holder did not make this gift.
        GiftClaimed, GiftExpired: it is too late.
    """
    giver = lock_holder(sender)
    found = _locked_gift(gift.pk).first()
    if found is None or found.sender_id != giver.pk:
        raise UnknownId("You have no such gift.")
    if found.state == Gift.State.CANCELLED:
        return found
    refuse_ended(gift=found, now=now)
    _end(gift=found, state=Gift.State.CANCELLED, now=now)
    _give_back(gift=found, kind="gift_cancel", actor=f"holder/{giver.pk}", now=now)
    return found


def return_expired_gifts(*, now: datetime, limit: int = 500) -> int:
    """Give back the gifts whose time is over, each in a transaction of its own; return how many.

    Data whose month is past waits: the close of that month moves it where expired data goes.
    """
    due = _due(now=now).exclude(_month_past(now=now))
    ids = list(due.values_list("pk", flat=True)[:limit])
    return sum(_returned(gift_id=gift_id, now=now) for gift_id in ids)


@transaction.atomic
def return_open_gifts(*, now: datetime, limit: int = 500) -> int:
    """Give back gifts before their time, because the service ends; return how many.

    One that somebody holds at this moment is left to the next look, and so is data whose month
    is past to that month's close.
    """
    rows = Gift.objects.select_for_update(of=("self",), no_key=True, skip_locked=True)
    due = rows.filter(pk__in=gifts_to_return(now=now).values("pk")[:limit], state=Gift.State.OPEN)
    gifts = list(due.select_related("sender", "from_line").order_by("pk"))
    for gift in gifts:
        gift.state, gift.ended_at = Gift.State.EXPIRED, now
    Gift.objects.bulk_update(gifts, ["state", "ended_at"])
    for gift in gifts:
        _tell_sender(gift=gift, kind="gift_returned", now=now)
    actor = "task/return_open_gifts"
    post_batch(
        [_giving_back(gift=gift, kind="gift_expire", actor=actor, now=now) for gift in gifts]
    )
    return len(gifts)


def note_expired_gifts(*, now: datetime, limit: int = 500) -> int:
    """Note the gifts whose data the close has expired, and tell their senders; return how many."""
    due = _due(now=now).filter(_month_past(now=now)).filter(~_still_waiting())
    ids = list(due.values_list("pk", flat=True)[:limit])
    return sum(_noted(gift_id=gift_id, now=now) for gift_id in ids)


@transaction.atomic
def _returned(*, gift_id: UUID, now: datetime) -> bool:
    gift = _locked_gift(gift_id, skip_locked=True).filter(state=Gift.State.OPEN).first()
    if gift is None:
        return False
    _end(gift=gift, state=Gift.State.EXPIRED, now=now)
    _tell_sender(gift=gift, kind="gift_returned", now=now)
    _give_back(gift=gift, kind="gift_expire", actor="task/return_expired_gifts", now=now)
    return True


@transaction.atomic
def _noted(*, gift_id: UUID, now: datetime) -> bool:
    gift = _locked_gift(gift_id, skip_locked=True).filter(state=Gift.State.OPEN).first()
    if gift is None:
        return False
    _end(gift=gift, state=Gift.State.EXPIRED, now=now)
    _tell_sender(gift=gift, kind="gift_expired", now=now)
    return True


def _due(*, now: datetime) -> QuerySet[Gift]:
    named = Gift.objects.annotate(month_name=Right("asset", 7))
    return named.filter(state=Gift.State.OPEN, expires_at__lte=now).order_by("expires_at", "pk")


def _month_past(*, now: datetime) -> Q:
    return ~Q(asset=COIN) & Q(month_name__lt=month_name(month_of(now)))


def _still_waiting() -> Exists:
    address = Concat(Value("gift/"), Cast(OuterRef("pk"), TextField()))
    return Exists(Balance.objects.filter(account__address=address, balance__gt=0))


def _locked_gift(gift_id: UUID, *, skip_locked: bool = False) -> QuerySet[Gift]:
    rows = Gift.objects.select_for_update(of=("self",), no_key=True, skip_locked=skip_locked)
    return rows.select_related("sender", "from_line").filter(pk=gift_id)


def _end(*, gift: Gift, state: Gift.State, now: datetime) -> None:
    gift.state = state
    gift.ended_at = now
    gift.save(update_fields=["state", "ended_at"])


def _tell_sender(*, gift: Gift, kind: str, now: datetime) -> None:
    facts: dict[str, str | int | None] = {"asset": gift.asset, "amount": gift.amount}
    tell(holder=gift.sender, kind=kind, subject_id=gift.pk, now=now, facts=facts)


def _give_back(*, gift: Gift, kind: str, actor: str, now: datetime) -> None:
    post(_giving_back(gift=gift, kind=kind, actor=actor, now=now))


def _giving_back(*, gift: Gift, kind: str, actor: str, now: datetime) -> Posting:
    return Posting(
        id=derived_id(gift.pk, kind),
        kind=kind,
        at=now,
        actor=actor,
        legs=move(
            asset=gift.asset,
            amount=gift.amount,
            source=address_of(gift),
            target=source_of(gift),
        ),
        metadata={"gift": str(gift.pk)},
    )
