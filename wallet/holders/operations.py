"""Open holders, add numbers and members, lock, tell."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

from django.db import transaction

from ledger.queries import amount_at, coins_in
from ledger.refusals import Refusal
from ledger.rules import COIN
from wallet.carriers.rules import normalised, original_carrier
from wallet.holders.models import Holder, Member, Notice, Number, User
from wallet.holders.queries import main_of
from wallet.holders.rules import BadAmount, checked_amount
from wallet.policy.queries import policy_int

__all__ = [
    "BadAmount",
    "BadName",
    "HolderFrozen",
    "NotAnOrganisation",
    "NotEnoughCoins",
    "NotEnoughData",
    "NumberTaken",
    "WalletFull",
    "add_member",
    "add_number",
    "checked_amount",
    "coins_max_of",
    "expect_user",
    "forget_unverified",
    "freeze_holder",
    "lock_holder",
    "open_holder",
    "open_organisation",
    "read_inbox",
    "refuse_frozen",
    "refuse_full_wallet",
    "refuse_short",
    "tell",
    "thaw_holder",
    "verify_phone",
]

NAME_LENGTH_MAX = 64
# A prefix that none of the three was given belongs to a virtual operator, until a carrier says.
CARRIER_OF_OTHERS = "MV"
_LOCK_HOLDER = (Path(__file__).parent / "sql" / "lock_holder_v1.sql").read_text()
FORGOTTEN_AFTER = timedelta(days=1)


class HolderFrozen(Refusal):
    """The holder may move nothing until an administrator thaws it."""

    code = "holder_frozen"
    status = 403


class NumberTaken(Refusal):
    """The number belongs to another holder."""

    code = "number_taken"


class WalletFull(Refusal):
    """The holder would have more coins than its tier may hold."""

    code = "wallet_full"


class NotEnoughCoins(Refusal):
    """The holder has fewer coins than asked."""

    code = "not_enough_coins"


class NotEnoughData(Refusal):
    """There is less data (MB) than asked."""

    code = "not_enough_data"


class BadName(Refusal):
    """A name is between 1 and 64 characters."""

    code = "bad_name"
    status = 422


class NotAnOrganisation(Refusal):
    """Only an organisation has members."""

    code = "not_an_organisation"
    status = 422


def open_holder(*, user: User, now: datetime) -> Holder:
    """Give a person a holder of coins, or return the one the person has."""
    holder, _ = Holder.objects.get_or_create(
        user=user, defaults={"kind": Holder.Kind.PERSON, "opened_at": now}
    )
    return holder


def expect_user(*, phone: str) -> User:
    """Return the person who will sign in with a new phone (E.164), once its code comes back."""
    user, _ = User.objects.get_or_create(phone=phone)
    return user


@transaction.atomic
def verify_phone(*, user: User, msisdn: str, now: datetime) -> Number:
    """Note that a person holds a phone, and open a wallet with that number if there is none.

    Raises:
        MsisdnUnreadable: it is not a mainland mobile number.
        NumberTaken: it belongs to another holder.
    """
    if user.phone_verified_at is None:
        user.phone_verified_at = now
        user.save(update_fields=["phone_verified_at"])
    msisdn = normalised(typed=msisdn)
    carrier = original_carrier(msisdn=msisdn) or CARRIER_OF_OTHERS
    holder = open_holder(user=user, now=now)
    return add_number(holder=holder, msisdn=msisdn, carrier=carrier, now=now)


def forget_unverified(*, now: datetime) -> int:
    """Remove those who asked for a code a day ago and never sent it back; return how many."""
    never_came = User.objects.filter(
        phone_verified_at=None,
        joined_at__lt=now - FORGOTTEN_AFTER,
        is_staff=False,
        holder=None,
        memberships=None,
    )
    forgotten, _ = never_came.delete()
    return forgotten


def open_organisation(*, name: str, now: datetime) -> Holder:
    """Open a holder that is an organisation: a sponsor, a merchant, a carrier's department.

    Raises:
        BadName: the name is empty or longer than 64 characters.
    """
    name = name.strip()
    if not 1 <= len(name) <= NAME_LENGTH_MAX:
        raise BadName("A name is between 1 and 64 characters.")
    return Holder.objects.create(kind=Holder.Kind.ORGANISATION, name=name, opened_at=now)


def add_member(*, organisation: Holder, user: User, role: Member.Role) -> Member:
    """Give a person a role in an organisation; asked again, the role is changed.

    Raises:
        NotAnOrganisation: the holder is a person.
    """
    if organisation.kind != Holder.Kind.ORGANISATION:
        raise NotAnOrganisation("Only an organisation has members.")
    member, _ = Member.objects.update_or_create(
        organisation=organisation, user=user, defaults={"role": role}
    )
    return member


@transaction.atomic
def add_number(
    *,
    holder: Holder,
    msisdn: str,
    carrier: str,
    province: str = "",
    quality: str = Number.Quality.PREFIX,
    now: datetime,
) -> Number:
    """Put a verified phone number under a holder, or return it if it is there already.

    Raises:
        MsisdnUnreadable: it is not a mainland mobile number.
        NumberTaken: it belongs to another holder.
    """
    msisdn = normalised(typed=msisdn)
    Number.objects.get_or_create(
        msisdn=msisdn,
        defaults={
            "holder": holder,
            "carrier_id": carrier,
            "province": province,
            "quality": quality,
            "added_at": now,
        },
    )
    number = Number.objects.select_for_update(no_key=True).get(msisdn=msisdn)
    if number.holder_id is None:
        number.holder = holder
        number.save(update_fields=["holder"])
    if number.holder_id != holder.pk:
        raise NumberTaken("This number belongs to another holder.")
    return number


def lock_holder(holder: Holder) -> Holder:
    """Lock a holder's row until the transaction ends, and return it as it is now.

    The lock leaves foreign keys to the row free, so that telling somebody waits for nobody.

    Raises:
        DoesNotExist: there is no such holder.
    """
    found = next(iter(Holder.objects.raw(_LOCK_HOLDER, {"holder": holder.pk})), None)
    if found is None:
        raise Holder.DoesNotExist
    return found


def refuse_frozen(holder: Holder) -> None:
    """Refuse what a holder chooses to do while it is frozen.

    Raises:
        HolderFrozen: it is.
    """
    if holder.frozen_at is not None:
        raise HolderFrozen("This wallet is frozen; ask the service desk.")


def refuse_full_wallet(*, holder: Holder, coins: int, now: datetime) -> None:
    """Refuse coins a holder chooses to receive above what its tier may hold; the caller has its lock.

    Raises:
        WalletFull: its coins and these would be more.
    """
    most = coins_max_of(holder, now=now)
    if coins_in(main_of(holder)) + coins > most:
        raise WalletFull(f"Your wallet holds at most {most} coins.", coins_max=most)


def coins_max_of(holder: Holder, *, now: datetime) -> int:
    """Return how many coins a holder may have when it chooses to receive some."""
    return policy_int("wallet.coins_max", now=now, scope=f"tier.{holder.tier}")


def refuse_short(*, address: str, asset: str, amount: int) -> None:
    """Refuse to take more from an account than it holds; the caller has its holder's lock.

    Raises:
        NotEnoughCoins, NotEnoughData: less is there than asked.
    """
    available = amount_at(address, asset)
    if amount > available and asset == COIN:
        raise NotEnoughCoins(f"{amount} coins asked, {available} available.", available=available)
    if amount > available:
        raise NotEnoughData(f"{amount} MB asked, {available} available.", available=available)


@transaction.atomic
def freeze_holder(*, holder: Holder, now: datetime) -> Holder:
    """Stop what a holder chooses to do; what others owe it still arrives."""
    held = lock_holder(holder)
    held.frozen_at = held.frozen_at or now
    held.save(update_fields=["frozen_at"])
    return held


@transaction.atomic
def thaw_holder(*, holder: Holder) -> Holder:
    """Let a holder act again."""
    held = lock_holder(holder)
    held.frozen_at = None
    held.save(update_fields=["frozen_at"])
    return held


def tell(
    *,
    holder: Holder,
    kind: str,
    subject_id: UUID,
    now: datetime,
    facts: Mapping[str, str | int | None] | None = None,
) -> None:
    """Put a line into a holder's inbox, once per (holder, kind, subject)."""
    line = Notice(holder=holder, kind=kind, subject_id=subject_id, at=now, facts=dict(facts or {}))
    Notice.objects.bulk_create([line], ignore_conflicts=True)


def read_inbox(*, holder: Holder, now: datetime) -> None:
    """Mark what a holder was told until now as read."""
    Notice.objects.filter(holder=holder, read_at=None, at__lte=now).update(read_at=now)
