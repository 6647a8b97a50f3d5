"""Claim a gift: once, by one friend."""

from datetime import datetime

from django.db import transaction

from ledger.operations import post
from ledger.refusals import Refusal
from ledger.rules import COIN, Leg, Posting, derived_id, move
from wallet.gift.models import Gift
from wallet.gift.queries import address_of
from wallet.gift.rules import HELD_FOR, received_of
from wallet.holders.models import Holder
from wallet.holders.operations import lock_holder, refuse_frozen, refuse_full_wallet, tell
from wallet.holders.queries import main_of
from wallet.holders.rules import UnknownId


class OwnGift(Refusal):
    """Nobody claims a gift of one's own; it can be cancelled."""

    code = "own_gift"


class GiftClaimed(Refusal):
    """Somebody has claimed the gift."""

    code = "gift_claimed"


class GiftCancelled(Refusal):
    """The sender took the gift back."""

    code = "gift_cancelled"


class GiftExpired(Refusal):
    """Nobody claimed the gift in time."""

    code = "gift_expired"


class GiftLocked(Refusal):
    """The gift is for another number."""

    code = "gift_locked"
    status = 403


class GiftHeld(Refusal):
    """Somebody has asked for the code to claim it; it is free again in three minutes at most."""

    code = "gift_held"


@transaction.atomic
def claim_gift(*, gift: Gift, claimer: Holder, now: datetime) -> Gift:
    """Give what waits under a link to whoever came first, and tell the sender.

    Own data that was given arrives as DATA. Claimed again by the same holder, nothing moves.

    Raises:
        OwnGift: the claimer made it.
        HolderFrozen: the claimer may move nothing.
        GiftClaimed, GiftCancelled, GiftExpired: it is too late.
        GiftLocked: it is for another number.
        GiftHeld: another number is about to claim it.
        WalletFull: the claimer would have more coins than its tier may hold.
    """
    taker = lock_holder(claimer)
    found = _locked(gift)
    if found.claimer_id == taker.pk:
        return found
    if found.sender_id == taker.pk:
        raise OwnGift("This gift is yours; you can cancel it.")
    refuse_frozen(taker)
    refuse_ended(gift=found, now=now)
    _refuse_others(gift=found, claimer=taker, now=now)
    if found.asset == COIN:
        refuse_full_wallet(holder=taker, coins=found.amount, now=now)
    found.state = Gift.State.CLAIMED
    found.claimer = taker
    found.ended_at = now
    found.save(update_fields=["state", "claimer", "ended_at"])
    tell(
        holder=found.sender,
        kind="gift_claimed",
        subject_id=found.pk,
        now=now,
        facts={"asset": found.asset, "amount": found.amount},
    )
    post(
        Posting(
            id=derived_id(found.pk, "claim"),
            kind="gift_claim",
            at=now,
            actor=f"holder/{taker.pk}",
            legs=_claim_legs(gift=found, claimer=taker),
            metadata={"gift": str(found.pk)},
        )
    )
    return found


@transaction.atomic
def hold_gift(*, gift: Gift, msisdn: str, now: datetime) -> Gift:
    """Keep a gift for a number that asks for its code, for three minutes, and return it.

    Raises:
        GiftClaimed, GiftCancelled, GiftExpired: it is too late.
        GiftLocked: it is for another number.
        GiftHeld: another number asked before.
    """
    found = _locked(gift)
    refuse_ended(gift=found, now=now)
    _refuse_locked(gift=found, numbers={msisdn})
    _refuse_held(gift=found, numbers={msisdn}, now=now)
    found.held_for = msisdn
    found.held_until = now + HELD_FOR
    found.save(update_fields=["held_for", "held_until"])
    return found


@transaction.atomic
def thank_sender(*, gift: Gift, claimer: Holder, now: datetime) -> Gift:
    """Tell the sender thanks, once.

    Raises:
        UnknownId: the holder did not claim this gift.
    """
    found = _locked(gift)
    if found.claimer_id != claimer.pk:
        raise UnknownId("You have no such gift.")
    if found.thanked_at is None:
        found.thanked_at = now
        found.save(update_fields=["thanked_at"])
        tell(
            holder=found.sender,
            kind="gift_thanked",
            subject_id=found.pk,
            now=now,
            facts={"asset": found.asset, "amount": found.amount},
        )
    return found


def refuse_ended(*, gift: Gift, now: datetime) -> None:
    """Refuse what only an open gift allows.

    Raises:
        GiftClaimed, GiftCancelled, GiftExpired: it is no longer open.
    """
    if gift.state == Gift.State.CLAIMED:
        raise GiftClaimed("Somebody has claimed this gift.")
    if gift.state == Gift.State.CANCELLED:
        raise GiftCancelled("The sender took this gift back.")
    if gift.state == Gift.State.EXPIRED or now >= gift.expires_at:
        raise GiftExpired("This gift has expired.")


def _locked(gift: Gift) -> Gift:
    rows = Gift.objects.select_for_update(of=("self",), no_key=True)
    return rows.select_related("sender", "for_holder", "from_line").get(pk=gift.pk)


def _refuse_others(*, gift: Gift, claimer: Holder, now: datetime) -> None:
    if gift.for_holder_id not in (None, claimer.pk):
        raise GiftLocked("This gift is for somebody else.")
    if not gift.locked_to and (gift.held_until is None or gift.held_until <= now):
        return
    numbers = dict(claimer.numbers.values_list("msisdn", "recycled_at"))
    # What was meant for a number's former holder is not for the one who has it now.
    since = {one for one, at in numbers.items() if at is None or at <= gift.made_at}
    _refuse_locked(gift=gift, numbers=since)
    _refuse_held(gift=gift, numbers=set(numbers), now=now)


def _refuse_locked(*, gift: Gift, numbers: set[str]) -> None:
    if gift.locked_to and gift.locked_to not in numbers:
        raise GiftLocked("This gift is for another number.")
    if gift.for_holder and not gift.for_holder.numbers.filter(msisdn__in=numbers).exists():
        raise GiftLocked("This gift is for another number.")


def _refuse_held(*, gift: Gift, numbers: set[str], now: datetime) -> None:
    if gift.held_until is not None and gift.held_until > now and gift.held_for not in numbers:
        raise GiftHeld("Somebody is claiming this gift; look again in three minutes.")


def _claim_legs(*, gift: Gift, claimer: Holder) -> tuple[Leg, ...]:
    address, main = address_of(gift), main_of(claimer)
    received = received_of(gift.asset)
    if received == gift.asset:
        return move(asset=gift.asset, amount=gift.amount, source=address, target=main)
    return (
        *move(asset=gift.asset, amount=gift.amount, source=address, target="system/sold"),
        *move(asset=received, amount=gift.amount, source="system/sold", target=main),
    )
