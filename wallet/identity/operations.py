"""Check who a holder is, and raise its tier."""

from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import transaction

from ledger.refusals import KeyReused, Refusal
from ledger.rules import derived_id
from wallet.holders.models import Holder, HolderEvent
from wallet.holders.operations import lock_holder, note_holder, refuse_frozen, tell
from wallet.holders.rules import day_of
from wallet.identity.models import IdentityCheck
from wallet.identity.queries import identity_of, wallets_with
from wallet.identity.rules import (
    NAME_LENGTH_MAX,
    PROVES,
    birth_year_in,
    identity_hash,
    is_identity_number,
    tidied_number,
)
from wallet.identity.verifier import Verdict, Verifier
from wallet.numbers.operations import prove_numbers
from wallet.policy.queries import policy_int, policy_text

TIERS = (2, 1)


class BadIdentity(Refusal):
    """The name or the identity number cannot be one, or nothing is proved by the method."""

    code = "bad_identity"
    status = 422


class OtherPerson(Refusal):
    """The wallet is another person's already."""

    code = "other_person"


class IdentityTaken(Refusal):
    """The person has as many wallets as one may."""

    code = "identity_taken"


class TooManyChecks(Refusal):
    """The holder has been checked often enough today."""

    code = "too_many_checks"
    status = 429


def check_identity(
    *,
    holder: Holder,
    name: str,
    number: str,
    method: str,
    verifier: Verifier,
    key: UUID,
    now: datetime,
) -> IdentityCheck:
    """Have a holder's real name checked, raise its tier if it is right, and return the check.

    The verifier is asked between two short transactions. Asked again with the same key, a decided
    check comes back, and one that was left open is asked about again. Of name and number nothing
    is kept but a keyed hash and the year of birth.

    Raises:
        BadIdentity: this is no name, no identity number, or proves nothing by policy.
        KeyReused: the key already names another check.
        HolderFrozen: the holder may do nothing.
        OtherPerson, IdentityTaken: the wallet, or the person, is spoken for.
        TooManyChecks: it was checked often enough today.
        VerifierUnavailable: nobody can answer now.
    """
    name, number = name.strip(), tidied_number(number)
    if not 1 <= len(name) <= NAME_LENGTH_MAX or not is_identity_number(number):
        raise BadIdentity("This is no name with an identity number.")
    check = _asked(holder=holder, number=number, method=method, key=key, now=now)
    if check.state != IdentityCheck.State.ASKED:
        return check
    verdict = verifier.check(name=name, number=number, method=method)
    return settle_identity_check(check=check, verdict=verdict, now=now)


@transaction.atomic
def _asked(*, holder: Holder, number: str, method: str, key: UUID, now: datetime) -> IdentityCheck:
    identity = identity_hash(number=number, key=settings.LINK_KEY)
    held = lock_holder(holder)
    check_id = derived_id(held.pk, "check_identity", key)
    before = IdentityCheck.objects.filter(pk=check_id).first()
    if before is not None:
        if (bytes(before.identity), before.method) != (identity, method):
            raise KeyReused("The key already names another check.", field="identity_number")
        return before
    refuse_frozen(held)
    tier = _tier_by(method, now=now)
    if held.kind != Holder.Kind.PERSON or tier == 0:
        raise BadIdentity("Nothing is proved by this.")
    _refuse_strange(holder=held, identity=identity, now=now)
    start, end = day_of(now)
    today = IdentityCheck.objects.filter(holder=held, asked_at__gte=start, asked_at__lt=end)
    most = policy_int("identity.checks_per_day_max", now=now)
    if today.count() >= most:
        raise TooManyChecks(f"You may be checked {most} times a day.", most=most)
    return IdentityCheck.objects.create(
        id=check_id,
        holder=held,
        method=method,
        tier=tier,
        identity=identity,
        birth_year=birth_year_in(number),
        asked_at=now,
    )


def _tier_by(method: str, *, now: datetime) -> int:
    """Return the highest tier whose policy a method satisfies."""
    proved = PROVES.get(method, ())
    return next((tier for tier in TIERS if policy_text(f"tier.{tier}", now=now) in proved), 0)


def _refuse_strange(*, holder: Holder, identity: bytes, now: datetime) -> None:
    known = identity_of(holder)
    if known is not None and known != identity:
        raise OtherPerson("This wallet is known by another name.")
    most = policy_int("identity.wallets_max", now=now)
    if wallets_with(identity).exclude(pk=holder.pk).count() >= most:
        raise IdentityTaken(f"A person has at most {most} wallets with a real name.", most=most)


@transaction.atomic
def settle_identity_check(
    *, check: IdentityCheck, verdict: Verdict, now: datetime
) -> IdentityCheck:
    """Write down what came of a check, once, and raise the holder's tier if it passed.

    A doubt about the holder's numbers ends with it.

    Raises:
        OtherPerson, IdentityTaken: the wallet, or the person, was spoken for meanwhile.
    """
    held = lock_holder(check.holder)
    # Two wallets of one person wait for each other here, so that one of them is refused.
    found = _locked(check)
    if found.state != IdentityCheck.State.ASKED:
        return found
    found.reason, found.decided_at = verdict.reason, now
    found.state = IdentityCheck.State.REFUSED
    if verdict.passed:
        _refuse_strange(holder=held, identity=bytes(found.identity), now=now)
        found.state = IdentityCheck.State.PASSED
        _raise_tier(holder=held, check=found, now=now)
    found.save(update_fields=["state", "reason", "decided_at"])
    return found


def _locked(check: IdentityCheck) -> IdentityCheck:
    """Lock every check of a check's identity, in one order, and return it as it is now."""
    rows = IdentityCheck.objects.select_for_update(no_key=True).filter(identity=check.identity)
    return next(row for row in rows.order_by("id") if row.pk == check.pk)


def _raise_tier(*, holder: Holder, check: IdentityCheck, now: datetime) -> None:
    before = holder.tier
    holder.tier = max(before, check.tier)
    holder.birth_year = check.birth_year
    holder.save(update_fields=["tier", "birth_year"])
    note_holder(
        holder,
        kind=HolderEvent.Kind.TIER,
        by=f"holder/{holder.pk}",
        now=now,
        before=before,
        after=holder.tier,
    )
    prove_numbers(holder=holder, by=f"holder/{holder.pk}", now=now)
    tell(holder=holder, kind="identity_proved", subject_id=check.pk, now=now)
