"""Set coins or data aside under a link."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction

from ledger.operations import post
from ledger.refusals import Refusal
from ledger.rules import COIN, Posting, derived_id, move
from wallet.carriers.rules import normalised
from wallet.gift.models import Gift
from wallet.gift.queries import (
    address_of,
    gifts_made_on_day_of,
    source_of,
)
from wallet.gift.rules import expiry_of, goods_word, received_of, token_of
from wallet.holders.models import Holder, Number
from wallet.holders.operations import (
    checked_amount,
    lock_holder,
    refuse_frozen,
    refuse_short,
    refuse_unproved,
    tell,
)
from wallet.holders.queries import coins_given_on_day_of, made_before, number_of
from wallet.holders.rules import UnknownId, read_greeting, token_hash
from wallet.policy.queries import policy_int


class NotGiftable(Refusal):
    """Only coins, data, vouchers and deposited own data can be given."""

    code = "not_giftable"
    status = 422


class GiftLimitPassed(Refusal):
    """The sender's gifts of the day would pass the limit of its tier."""

    code = "gift_limit_passed"


class NoOtherSide(Refusal):
    """An earlier gift names no friend: nobody has claimed it, or an organisation sent it."""

    code = "no_other_side"


@transaction.atomic
def send_gift(
    *,
    sender: Holder,
    asset: str = COIN,
    amount: int,
    greeting: str = "",
    locked_to: str = "",
    friend_of: Gift | None = None,
    key: UUID,
    now: datetime,
) -> Gift:
    """Set coins, data or a voucher aside under a link that one friend may claim.

    Asked again with the same key, the first gift comes back. `locked_to` is the only number that
    may claim it; or `friend_of` is an earlier gift whose other side alone may: whoever claimed it
    from the sender, or whoever gave it to the sender and gets something back (回赠). Whoever is
    meant, and has a wallet, is told.

    Raises:
        NotGiftable, BadAmount, BadGreeting, MsisdnUnreadable: what was asked makes no gift.
        NoOtherSide, UnknownId: the earlier gift names no friend, or is not the sender's at all.
        KeyReused: the key already names a different gift.
        HolderFrozen: the sender may move nothing.
        GiftLimitPassed: the sender's gifts today would pass the limit.
        NotProved: a number of the sender may have a new owner.
        NotEnoughCoins, NotEnoughData: the sender has less than asked.
        AssetExpired: the data's month is past.
    """
    if goods_word(asset) not in {COIN, "DATA", "VOUCHER"}:
        raise NotGiftable("Coins, data and vouchers can be given.", asset=asset[:64])
    return _made(
        sender=sender,
        gift_id=derived_id(sender.pk, "send_gift", key),
        now=now,
        asked={
            "asset": asset,
            "amount": checked_amount(amount),
            "greeting": read_greeting(greeting),
            **_meant(sender=sender, locked_to=locked_to, friend_of=friend_of),
        },
    )


@transaction.atomic
def send_own_data(
    *,
    sender: Holder,
    number: Number,
    package: str,
    asset: str,
    amount: int,
    greeting: str = "",
    locked_to: str = "",
    friend_of: Gift | None = None,
    key: UUID,
    now: datetime,
) -> Gift:
    """Set own deposited data (SURPLUS, MB) of a number's package aside under a link.

    The friend gets it as DATA: it can be delivered or given on, never sold or rolled over.

    Raises:
        UnknownId: the number is not the sender's.
        Otherwise as `send_gift`.
    """
    if goods_word(asset) != "SURPLUS":
        raise NotGiftable("Only deposited data is given from a number.", asset=asset[:64])
    return _made(
        sender=sender,
        gift_id=derived_id(sender.pk, "send_own_data", key),
        now=now,
        asked={
            "asset": asset,
            "amount": checked_amount(amount),
            "greeting": read_greeting(greeting),
            **_meant(sender=sender, locked_to=locked_to, friend_of=friend_of),
            "from_line": number_of(holder=sender, number_id=number.pk),
            "package": package,
        },
    )


def _made(*, sender: Holder, gift_id: UUID, asked: dict[str, Any], now: datetime) -> Gift:
    """Return the gift made before under this id, or make it."""
    rows = Gift.objects.select_related("sender", "from_line")
    if before := made_before(rows, row_id=gift_id, asked=asked):
        return before
    held = lock_holder(sender)
    if before := made_before(rows, row_id=gift_id, asked=asked):
        return before
    refuse_frozen(held)
    _refuse_beyond_limits(sender=held, asset=asked["asset"], amount=asked["amount"], now=now)
    gift = Gift(
        id=gift_id,
        sender=held,
        token_hash=token_hash(token_of(gift_id=gift_id, key=settings.LINK_KEY)),
        made_at=now,
        expires_at=expiry_of(
            asset=asked["asset"], now=now, hours=policy_int("gift.expires_hours", now=now)
        ),
        **asked,
    )
    if gift.asset == COIN:
        refuse_unproved(holder=held, coins=gift.amount, now=now)
    refuse_short(address=source_of(gift), asset=gift.asset, amount=gift.amount)
    gift.save(force_insert=True)
    _tell_friend(gift=gift, now=now)
    post(
        Posting(
            id=gift.pk,
            kind="gift_send",
            at=now,
            actor=f"holder/{sender.pk}",
            legs=move(
                asset=gift.asset,
                amount=gift.amount,
                source=source_of(gift),
                target=address_of(gift),
            ),
            metadata={"gift": str(gift.pk)},
        )
    )
    return gift


def _refuse_beyond_limits(*, sender: Holder, asset: str, amount: int, now: datetime) -> None:
    tier = f"tier.{sender.tier}"
    most = policy_int("gift.count_per_day_max", now=now, scope=tier)
    if gifts_made_on_day_of(now, holder=sender) >= most:
        raise GiftLimitPassed(f"You may make {most} gifts a day.", limit="count", most=most)
    if asset != COIN:
        return
    most = policy_int("gift.coins_per_day_max", now=now, scope=tier)
    left = most - coins_given_on_day_of(now, holder=sender)
    if amount > left:
        raise GiftLimitPassed(
            f"You may give {most} coins a day; {max(left, 0)} are left today.",
            limit="coins",
            most=most,
            left=max(left, 0),
        )


def _meant(*, sender: Holder, locked_to: str, friend_of: Gift | None) -> dict[str, Any]:
    """Return who alone may claim a gift: a number or a holder, and what it gives back for."""
    if friend_of is None:
        number = normalised(typed=locked_to) if locked_to else ""
        return {"locked_to": number, "for_holder": None, "in_return_for": None}
    assert not locked_to
    got = friend_of.claimer_id == sender.pk
    if not got and friend_of.sender_id != sender.pk:
        raise UnknownId("You have no such gift.")
    friend = friend_of.sender if got else friend_of.claimer
    if friend is None or friend.kind != Holder.Kind.PERSON:
        raise NoOtherSide("That gift names no friend: nobody has claimed it.")
    return {"locked_to": "", "for_holder": friend, "in_return_for": friend_of if got else None}


def _tell_friend(*, gift: Gift, now: datetime) -> None:
    friend = gift.for_holder
    if gift.locked_to:
        friend = Holder.objects.filter(numbers__msisdn=gift.locked_to).first()
    if friend is None or friend.pk == gift.sender_id:
        return
    kind = "gift_given_back" if gift.in_return_for_id else "gift_waiting"
    facts: dict[str, str | int | None] = {"asset": received_of(gift.asset), "amount": gift.amount}
    tell(holder=friend, kind=kind, subject_id=gift.pk, now=now, facts=facts)
