"""Change what a number is to its holder: its carrier, the one that signs in, or no more its own."""

from datetime import datetime, timedelta

from django.db import transaction

from ledger.refusals import Refusal
from wallet.carriers.models import Carrier
from wallet.holders.models import Holder, Number, NumberEvent, User
from wallet.holders.operations import NumberTaken, lock_holder, note_number, refuse_frozen
from wallet.holders.queries import number_of
from wallet.holders.rules import COUNTRY
from wallet.numbers.operations.keep import keep_released_data
from wallet.numbers.operations.recycle import locked_number
from wallet.policy.queries import policy_int


class NoSuchCarrier(Refusal):
    """No carrier has this code."""

    code = "no_such_carrier"
    status = 422


class LoginNumber(Refusal):
    """The number signs in: another one must first, or the wallet is closed with it."""

    code = "login_number"


@transaction.atomic
def port_number(
    *,
    holder: Holder,
    number: Number,
    carrier: str,
    quality: str = Number.Quality.USER,
    by: str = "",
    now: datetime,
) -> Number:
    """Note that a number has moved to another carrier (携号转网), and return it.

    What was deposited from it before stays data of the carrier that had it. `by` is the actor,
    the holder itself unless given.

    Raises:
        UnknownId: the holder has no such number.
        NoSuchCarrier: no carrier has this code.
    """
    if not Carrier.objects.filter(pk=carrier).exists():
        raise NoSuchCarrier("No carrier has this code.", carrier=carrier[:8])
    lock_holder(holder)
    own = locked_number(number_of(holder=holder, number_id=number.pk))
    before = own.carrier_id
    if (before, own.quality) == (carrier, quality):
        return own
    own.carrier_id, own.quality = carrier, quality
    own.save(update_fields=["carrier", "quality"])
    note_number(
        own,
        kind=NumberEvent.Kind.PORTED,
        by=by or f"holder/{holder.pk}",
        now=now,
        before=before,
        after=carrier,
        quality=quality,
    )
    return own


@transaction.atomic
def change_login(*, holder: Holder, number: Number, now: datetime) -> Number:
    """Let another of a holder's numbers be the one it signs in with, and return that.

    Raises:
        UnknownId: the holder has no such number.
        HolderFrozen: the holder may do nothing.
        NumberTaken: somebody with a wallet or an office signs in with it.
    """
    held = lock_holder(holder)
    refuse_frozen(held)
    own = locked_number(number_of(holder=held, number_id=number.pk))
    assert held.user_id is not None
    user = User.objects.select_for_update(no_key=True).get(pk=held.user_id)
    phone = COUNTRY + own.msisdn
    if user.phone == phone:
        return own
    clear_login(phone)
    user.phone, user.phone_verified_at = phone, now
    user.save(update_fields=["phone", "phone_verified_at"])
    note_number(own, kind=NumberEvent.Kind.LOGIN, by=f"holder/{held.pk}", now=now)
    return own


def clear_login(phone: str) -> None:
    """Remove a login that was asked for and never became anybody's.

    Raises:
        NumberTaken: it is somebody's.
    """
    other = User.objects.filter(phone=phone).first()
    if other is None:
        return
    is_somebody = other.is_staff or Holder.objects.filter(user=other).exists()
    if is_somebody or other.memberships.exists():
        raise NumberTaken("Somebody else signs in with this number.")
    other.delete()


@transaction.atomic
def release_number(*, holder: Holder, number: Number, now: datetime) -> Number:
    """Give a number up, and return it: nobody's, and for some days not anybody else's either.

    Own data on its lines stays the holder's, as data to use or give; what comes back to the lines
    later follows it.

    Raises:
        UnknownId: the holder has no such number.
        HolderFrozen: the holder may do nothing.
        LoginNumber: the holder signs in with it.
    """
    held = lock_holder(holder)
    refuse_frozen(held)
    own = locked_number(number_of(holder=held, number_id=number.pk))
    if held.user is not None and held.user.phone == COUNTRY + own.msisdn:
        raise LoginNumber("You sign in with this number; choose another one first.")
    set_free(own, by=f"holder/{held.pk}", now=now)
    keep_released_data(number=own, now=now)
    return own


def set_free(number: Number, *, by: str, now: datetime) -> None:
    """Take a number from its holder; others get it after `number.quarantine_days`."""
    number.former, number.holder = number.holder, None
    number.released_at = now
    number.free_at = now + timedelta(days=policy_int("number.quarantine_days", now=now))
    number.doubted_at = None
    number.save(update_fields=["former", "holder", "released_at", "free_at", "doubted_at"])
    note_number(number, kind=NumberEvent.Kind.RELEASED, by=by, now=now)
