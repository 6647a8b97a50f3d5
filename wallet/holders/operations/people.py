"""Know people by their phones, and give them wallets."""

from datetime import datetime, timedelta

from django.db import transaction

from wallet.carriers.queries import carrier_by_prefix
from wallet.carriers.rules import normalised
from wallet.holders.models import Holder, Number, User
from wallet.holders.operations.numbers import add_number

# A prefix that none of the three was given belongs to a virtual operator, until a carrier says.
CARRIER_OF_OTHERS = "MV"
FORGOTTEN_AFTER = timedelta(days=1)


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
    carrier = carrier_by_prefix(msisdn) or CARRIER_OF_OTHERS
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
