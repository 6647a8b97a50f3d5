"""Numbers whose SIM card is somebody else's now, or may be."""

from datetime import datetime

from django.db import transaction

from ledger.refusals import Refusal
from wallet.holders.models import Holder, Number, NumberEvent, User
from wallet.holders.operations import lock_holder, note_number, tell
from wallet.holders.queries import number_of, numbers_of
from wallet.holders.rules import COUNTRY
from wallet.numbers.operations.keep import keep_released_data


class NotDoubted(Refusal):
    """Nothing speaks for another owner of the number: release it instead."""

    code = "not_doubted"


@transaction.atomic
def doubt_number(*, number: Number, by: str, reason: str, now: datetime) -> Number:
    """Note that a held number may have a new owner, and return it.

    Until its holder proves who it is, it spends little. A released number stays as it is.
    """
    found = locked_number(number)
    if found.holder_id is None or found.doubted_at is not None:
        return found
    found.doubted_at = now
    found.save(update_fields=["doubted_at"])
    note_number(found, kind=NumberEvent.Kind.DOUBTED, by=by, now=now, reason=reason)
    assert found.holder is not None
    tell(
        holder=found.holder,
        kind="number_doubted",
        subject_id=found.pk,
        now=now,
        facts={"number": str(found)},
    )
    return found


@transaction.atomic
def prove_numbers(*, holder: Holder, by: str, now: datetime) -> list[Number]:
    """End the doubt about a holder's numbers, and return those that were in doubt."""
    rows = Number.objects.select_for_update(no_key=True).filter(
        holder=holder, doubted_at__isnull=False
    )
    doubted = list(rows.order_by("id"))
    for number in doubted:
        number.doubted_at = None
        number.save(update_fields=["doubted_at"])
        note_number(number, kind=NumberEvent.Kind.PROVED, by=by, now=now)
    return doubted


@transaction.atomic
def recycle_number(*, number: Number, by: str, reason: str, now: datetime) -> Number:
    """Take a number whose SIM card has a new owner from its holder at once, and return it.

    Who signs in with it next opens a wallet of its own and finds nothing of the former one. The
    former holder keeps everything, and signs in with another of its numbers, or by the staff.
    """
    holder_id = Number.objects.values_list("holder_id", flat=True).get(pk=number.pk)
    if holder_id is None:
        return locked_number(number)
    former = lock_holder(Holder(pk=holder_id))
    found = locked_number(number)
    if found.holder_id != former.pk:
        return found
    found.former, found.holder = former, None
    found.released_at = found.free_at = now
    found.doubted_at = None
    found.save(update_fields=["former", "holder", "released_at", "free_at", "doubted_at"])
    note_number(found, kind=NumberEvent.Kind.RECYCLED, by=by, now=now, reason=reason)
    _sign_in_otherwise(former, phone=COUNTRY + found.msisdn)
    tell(
        holder=former,
        kind="number_recycled",
        subject_id=found.pk,
        now=now,
        facts={"number": str(found)},
    )
    keep_released_data(number=found, now=now)
    return found


@transaction.atomic
def disown_number(*, holder: Holder, number: Number, now: datetime) -> Number:
    """Say that a doubted number's wallet is somebody else's, and leave it; return the number.

    Raises:
        UnknownId: the wallet has no such number.
        NotDoubted: nothing speaks for another owner.
    """
    found = number_of(holder=holder, number_id=number.pk)
    if found.doubted_at is None:
        raise NotDoubted("Nothing speaks for another owner of this number.")
    return recycle_number(number=found, by=f"holder/{holder.pk}", reason="disowned", now=now)


def locked_number(number: Number) -> Number:
    """Lock a number's row until the transaction ends, and return it as it is now."""
    rows = Number.objects.select_for_update(of=("self",), no_key=True)
    return rows.select_related("holder", "carrier").get(pk=number.pk)


def _sign_in_otherwise(holder: Holder, *, phone: str) -> None:
    """End every session of a person, and let another number sign in where this one did."""
    if holder.user_id is None:
        return
    user = User.objects.select_for_update(no_key=True).get(pk=holder.user_id)
    if user.phone == phone:
        other = numbers_of(holder).first()
        user.phone = COUNTRY + other.msisdn if other else f"lost-{user.pk.hex[:14]}"
        user.phone_verified_at = user.phone_verified_at if other else None
    # A session is bound to the password, also to none.
    user.set_unusable_password()
    user.save(update_fields=["phone", "phone_verified_at", "password"])
