"""Give a person who lost every number a login again: one colleague proposes, another approves."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from ledger.refusals import Refusal
from ledger.rules import derived_id
from wallet.carriers.queries import carrier_by_prefix
from wallet.carriers.rules import normalised
from wallet.holders.models import Holder, Number, NumberEvent, User
from wallet.holders.operations import (
    NumberTaken,
    ReasonMissing,
    add_number,
    lock_holder,
    note_number,
    refuse_frozen,
    tell,
)
from wallet.holders.operations.locks import REASON_LENGTH_MAX
from wallet.holders.operations.people import CARRIER_OF_OTHERS
from wallet.holders.queries import made_before, numbers_of
from wallet.holders.rules import COUNTRY
from wallet.numbers.models import LoginChange
from wallet.numbers.operations.life import clear_login, set_free
from wallet.numbers.operations.prove import ask_number_code, tried_code
from wallet.numbers.operations.recycle import locked_number
from wallet.numbers.rules import PROPOSED_FOR

APPROVED, DECLINED = LoginChange.Outcome.APPROVED, LoginChange.Outcome.DECLINED
WITHDRAWN = LoginChange.Outcome.WITHDRAWN


class NotAPersonsLogin(Refusal):
    """An organisation signs in by its members, a colleague gives up the office first."""

    code = "not_a_persons_login"


class OwnLoginChange(Refusal):
    """Whoever proposed a login change may not decide it."""

    code = "own_login_change"
    status = 403


class LoginChangeOfAnother(Refusal):
    """Only who proposed a login change types its code or withdraws it."""

    code = "login_change_of_another"
    status = 403


class LoginChangeDecided(Refusal):
    """Somebody decided this login change already."""

    code = "login_change_decided"


class LoginChangeExpired(Refusal):
    """The login change stood open too long."""

    code = "login_change_expired"


class LoginNotProved(Refusal):
    """The code sent to the new number did not come back yet."""

    code = "login_not_proved"


@transaction.atomic
def propose_login(
    *,
    holder: Holder,
    msisdn: str,
    checked: str,
    reason: str,
    by: User,
    key: UUID,
    now: datetime,
) -> LoginChange:
    """Propose that a person signs in with another number, and return the proposal.

    `checked` tells how it was seen who the person is. The door sends the code to the number.
    Asked again with the same key, the first proposal comes back.

    Raises:
        ReasonMissing: `checked` or `reason` is empty or too long.
        MsisdnUnreadable: it is not a mainland mobile number.
        KeyReused: the key already names another proposal.
        NotAPersonsLogin: the holder is no person, or works here.
        NumberTaken: the number is somebody else's.
        HolderFrozen, HolderClosed, ServiceEnding, TooManyCodes: as they say.
    """
    checked, reason, msisdn = checked.strip(), reason.strip(), normalised(typed=msisdn)
    if not all(1 <= len(said) <= REASON_LENGTH_MAX for said in (checked, reason)):
        raise ReasonMissing(f"Say why, and how, in 1 to {REASON_LENGTH_MAX} characters.")
    change_id = derived_id(by.pk, "propose_login", key)
    asked = {"holder_id": holder.pk, "checked": checked, "reason": reason}
    if found := made_before(LoginChange.objects.all(), row_id=change_id, asked=asked):
        ask_number_code(holder=holder, msisdn=msisdn, key=change_id, now=now)
        return found
    held = lock_holder(holder)
    refuse_frozen(held)
    _refuse_no_person(held)
    if Number.objects.filter(msisdn=msisdn, holder__isnull=False).exclude(holder=held).exists():
        raise NumberTaken("This number belongs to another holder.")
    return LoginChange.objects.create(
        pk=change_id,
        code=ask_number_code(holder=held, msisdn=msisdn, key=change_id, now=now),
        proposed_by=by,
        proposed_at=now,
        expires_at=now + PROPOSED_FOR,
        **asked,
    )


def prove_login(*, change: LoginChange, typed: str, by: User, now: datetime) -> LoginChange:
    """Note that the code came back from the new number, and return the proposal.

    Each try counts, also a refused one.

    Raises:
        LoginChangeOfAnother: a colleague proposed it.
        LoginChangeDecided, LoginChangeExpired: it is over.
        NumberCodeGone, NumberCodeWrong: it did not come back, or too late, or too often.
    """
    _refuse_over(change, now=now)
    _refuse_others(change, by=by)
    code = tried_code(holder=change.holder, code=change.code, typed=typed, now=now)
    with transaction.atomic():
        held = _held(change)
        _refuse_over(held, now=now)
        if held.proved_at is None:
            code.used_at = held.proved_at = now
            code.save(update_fields=["used_at"])
            held.save(update_fields=["proved_at"])
    return held


@transaction.atomic
def approve_login(*, change: LoginChange, by: User, now: datetime) -> LoginChange:
    """Let a person sign in with the number a colleague proposed, and return the proposal.

    Every other number leaves the wallet, as if released, and every session ends: whoever has them
    now gets in no more. Asked again by the same person, nothing more happens.

    Raises:
        OwnLoginChange: it is one's own proposal.
        LoginChangeDecided, LoginChangeExpired, LoginNotProved: it cannot be approved.
        HolderFrozen, HolderClosed, ServiceEnding, NotAPersonsLogin: the holder may not.
        NumberTaken, NumberQuarantined: the number is another holder's, or was until lately.
    """
    held = _held(change)
    if held.outcome == APPROVED and held.decided_by_id == by.pk:
        return held
    _refuse_own(held, by=by)
    _refuse_over(held, now=now)
    if held.proved_at is None:
        raise LoginNotProved("The code sent to the new number did not come back yet.")
    refuse_frozen(held.holder)
    _refuse_no_person(held.holder)
    _decided(held, outcome=APPROVED, by=by, now=now)
    number = _signs_in(held, by=f"admin/{by.pk}", now=now)
    tell(
        holder=held.holder,
        kind="number_login_given",
        subject_id=held.pk,
        now=now,
        facts={"number": str(number)},
    )
    return held


@transaction.atomic
def decline_login(*, change: LoginChange, by: User, now: datetime) -> LoginChange:
    """Decline what a colleague proposed, and return it.

    Raises:
        OwnLoginChange: who proposed it withdraws it instead.
        LoginChangeDecided, LoginChangeExpired: it is over.
    """
    held = _held(change)
    _refuse_own(held, by=by)
    _refuse_over(held, now=now)
    return _decided(held, outcome=DECLINED, by=by, now=now)


@transaction.atomic
def withdraw_login(*, change: LoginChange, by: User, now: datetime) -> LoginChange:
    """Withdraw what one proposed, and return it.

    Raises:
        LoginChangeOfAnother: a colleague proposed it.
        LoginChangeDecided, LoginChangeExpired: it is over.
    """
    held = _held(change)
    _refuse_others(held, by=by)
    _refuse_over(held, now=now)
    return _decided(held, outcome=WITHDRAWN, by=by, now=now)


def _held(change: LoginChange) -> LoginChange:
    """Lock a proposal's holder, then the proposal, and return it as it is now."""
    holder = lock_holder(Holder(pk=change.holder_id))
    rows = LoginChange.objects.select_for_update(of=("self",), no_key=True).select_related("code")
    held = rows.get(pk=change.pk)
    held.holder = holder
    return held


def _refuse_no_person(holder: Holder) -> None:
    if holder.user is None or holder.user.is_staff:
        raise NotAPersonsLogin("Only a person who does not work here gets a login so.")


def _refuse_own(change: LoginChange, *, by: User) -> None:
    if change.proposed_by_id == by.pk:
        raise OwnLoginChange("Whoever proposed it may not decide it.")


def _refuse_others(change: LoginChange, *, by: User) -> None:
    if change.proposed_by_id != by.pk:
        raise LoginChangeOfAnother("A colleague proposed it.")


def _refuse_over(change: LoginChange, *, now: datetime) -> None:
    if change.outcome:
        raise LoginChangeDecided("Somebody decided this already.", outcome=change.outcome)
    if now >= change.expires_at:
        raise LoginChangeExpired("It stood open too long; propose it anew.")


def _decided(
    change: LoginChange, *, outcome: LoginChange.Outcome, by: User, now: datetime
) -> LoginChange:
    change.outcome, change.decided_by, change.decided_at = outcome, by, now
    change.save(update_fields=["outcome", "decided_by", "decided_at"])
    return change


def _signs_in(change: LoginChange, *, by: str, now: datetime) -> Number:
    """Make a number the only one of a holder and the one it signs in with; end its sessions."""
    holder, msisdn = change.holder, change.code.msisdn
    for lost in numbers_of(holder).exclude(msisdn=msisdn).order_by("id"):
        set_free(locked_number(lost), by=by, now=now)
    carrier = carrier_by_prefix(msisdn) or CARRIER_OF_OTHERS
    number = add_number(holder=holder, msisdn=msisdn, carrier=carrier, now=now)
    assert holder.user_id is not None
    user = User.objects.select_for_update(no_key=True).get(pk=holder.user_id)
    if user.phone != COUNTRY + msisdn:
        clear_login(COUNTRY + msisdn)
    user.phone, user.phone_verified_at = COUNTRY + msisdn, now
    # A session is bound to the password, also to none.
    user.set_unusable_password()
    user.save(update_fields=["phone", "phone_verified_at", "password"])
    note_number(
        number,
        kind=NumberEvent.Kind.LOGIN,
        by=by,
        now=now,
        proposal=str(change.pk),
        proposed_by=f"admin/{change.proposed_by_id}",
        reason=change.reason,
    )
    return number
