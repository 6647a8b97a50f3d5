"""Prove that a number is somebody's: a code goes to it and comes back."""

from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction

from ledger.refusals import KeyReused, Refusal
from ledger.rules import derived_id
from wallet.carriers.queries import carrier_by_prefix
from wallet.carriers.rules import normalised
from wallet.holders.models import Holder, Number
from wallet.holders.operations import add_number, lock_holder, refuse_frozen
from wallet.holders.operations.people import CARRIER_OF_OTHERS
from wallet.holders.queries import numbers_of
from wallet.numbers.models import NumberCode
from wallet.numbers.operations.recycle import prove_numbers
from wallet.numbers.queries import code_asked
from wallet.numbers.rules import TRIES_MAX, VALID_FOR, is_right
from wallet.policy.queries import policy_int


class TooManyCodes(Refusal):
    """The holder has asked for as many codes in the last hour as one may."""

    code = "too_many_codes"
    status = 429


class TooManyNumbers(Refusal):
    """The holder has as many numbers as one may."""

    code = "too_many_numbers"


class NumberCodeWrong(Refusal):
    """These are not the digits that were sent."""

    code = "number_code_wrong"
    status = 422


class NumberCodeGone(Refusal):
    """The code is too old, or was tried too often; ask for another."""

    code = "number_code_gone"


@transaction.atomic
def ask_number_code(*, holder: Holder, msisdn: str, key: UUID, now: datetime) -> NumberCode:
    """Note that a holder wants to prove a number, and return the code's row: the door sends it.

    Asked again with the same key, the first row comes back. Whose the number is, is not told
    before the code is back.

    Raises:
        MsisdnUnreadable: it is not a mainland mobile number.
        KeyReused: the key already names another number.
        HolderFrozen: the holder may do nothing.
        TooManyCodes: it has asked too often this hour.
    """
    msisdn = normalised(typed=msisdn)
    held = lock_holder(holder)
    code_id = derived_id(held.pk, "ask_number_code", key)
    before = NumberCode.objects.filter(pk=code_id).first()
    if before is not None:
        if before.msisdn != msisdn:
            raise KeyReused("This key asked for another number's code.", field="msisdn")
        return before
    refuse_frozen(held)
    most = policy_int("number.codes_per_hour_max", now=now)
    asked = NumberCode.objects.filter(holder=held, asked_at__gt=now - timedelta(hours=1))
    if asked.count() >= most:
        raise TooManyCodes(f"You may ask for {most} codes an hour.", most=most)
    return NumberCode.objects.create(
        id=code_id, holder=held, msisdn=msisdn, asked_at=now, expires_at=now + VALID_FOR
    )


def add_proved_number(*, holder: Holder, code: NumberCode, typed: str, now: datetime) -> Number:
    """Put a number under the holder to whom its code came back, and return it.

    A number that is the holder's already and not in doubt itself proves that the holder is who it
    was. Each try counts, also a refused one: it is written down before anything is decided.

    Raises:
        UnknownId: the code is another holder's.
        NumberCodeGone, NumberCodeWrong: it did not come back, or too late, or too often.
        HolderFrozen: the holder may do nothing.
        TooManyNumbers: it has as many numbers as one may.
        NumberTaken, NumberQuarantined: the number is another holder's, or was until lately.
    """
    found = tried_code(holder=holder, code=code, typed=typed, now=now)
    return _added(holder=holder, code=found, now=now)


def tried_code(*, holder: Holder, code: NumberCode, typed: str, now: datetime) -> NumberCode:
    """Return a code that came back as it was sent. Each try counts, also a refused one.

    Raises:
        UnknownId: the code is another holder's.
        NumberCodeGone, NumberCodeWrong: it did not come back, or too late, or too often.
    """
    found = _tried(holder=holder, code=code, now=now)
    if not is_right(typed=typed, code_id=found.pk, key=settings.LINK_KEY):
        left = TRIES_MAX - found.tries
        raise NumberCodeWrong(f"Wrong; {left} tries are left.", left=left)
    return found


@transaction.atomic
def _tried(*, holder: Holder, code: NumberCode, now: datetime) -> NumberCode:
    lock_holder(holder)
    found = code_asked(holder=holder, code_id=code.pk)
    if found.used_at is None:
        if now >= found.expires_at or found.tries >= TRIES_MAX:
            raise NumberCodeGone("Ask for another code.")
        found.tries += 1
        found.save(update_fields=["tries"])
    return found


@transaction.atomic
def _added(*, holder: Holder, code: NumberCode, now: datetime) -> Number:
    held = lock_holder(holder)
    refuse_frozen(held)
    numbers = numbers_of(held)
    own = numbers.filter(msisdn=code.msisdn).first()
    most = policy_int("number.count_max", now=now)
    if own is None and numbers.count() >= most:
        raise TooManyNumbers(f"A wallet has at most {most} numbers.", most=most)
    carrier = carrier_by_prefix(code.msisdn) or CARRIER_OF_OTHERS
    number = own or add_number(holder=held, msisdn=code.msisdn, carrier=carrier, now=now)
    if code.used_at is None:
        code.used_at = now
        code.save(update_fields=["used_at"])
    if own is not None and own.doubted_at is None:
        prove_numbers(holder=held, by=f"holder/{held.pk}", now=now)
    return number
