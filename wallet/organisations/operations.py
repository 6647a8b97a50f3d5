"""Ask people into an organisation, change their roles, and let them go."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from ledger.refusals import KeyReused, Refusal
from ledger.rules import derived_id
from wallet.carriers.rules import normalised
from wallet.holders.models import Holder, Member, User
from wallet.holders.operations import (
    add_member,
    lock_holder,
    lock_holders,
    refuse_frozen,
    refuse_frozen_person,
    tell,
)
from wallet.organisations.models import Invitation, MemberEvent
from wallet.organisations.queries import invitation_of, member_of, membership_of
from wallet.policy.queries import policy_int


class NotAnOwner(Refusal):
    """Only an owner says who belongs to an organisation."""

    code = "not_an_owner"
    status = 403


class BadRole(Refusal):
    """A role is owner, manager or viewer."""

    code = "bad_role"
    status = 422


class LastOwner(Refusal):
    """An organisation keeps one owner at least."""

    code = "last_owner"


class InvitationGone(Refusal):
    """The invitation was answered, withdrawn, or is too old."""

    code = "invitation_gone"


@transaction.atomic
def invite_member(
    *, organisation: Holder, by: User, msisdn: str, role: str, key: UUID, now: datetime
) -> Invitation:
    """Offer whoever signs in with a number a role, and return the invitation.

    Asked again with the same key, the first comes back; another one for the same number takes the
    place of the one before.

    Raises:
        MsisdnUnreadable, BadRole: nobody can be asked so.
        KeyReused: the key already names another invitation.
        UnknownId, NotAnOwner: whoever asks has no say here.
        HolderFrozen: the organisation may do nothing.
    """
    msisdn = normalised(typed=msisdn)
    _refuse_bad_role(role)
    held = _locked_for_owner(organisation, by=by)
    invitation_id = derived_id(held.pk, "invite_member", key)
    before = Invitation.objects.filter(pk=invitation_id).first()
    if before is not None:
        if (before.msisdn, before.role) != (msisdn, role):
            raise KeyReused("The key already names another invitation.", field="msisdn")
        return before
    waiting = Invitation.objects.filter(organisation=held, msisdn=msisdn, state="open")
    waiting.update(state=Invitation.State.WITHDRAWN, answered_at=now)
    days = policy_int("invitation.expires_days", now=now)
    invitation = Invitation.objects.create(
        id=invitation_id,
        organisation=held,
        msisdn=msisdn,
        role=role,
        invited_by=by,
        invited_at=now,
        expires_at=now + timedelta(days=days),
    )
    asked = Holder.objects.filter(numbers__msisdn=msisdn).first()
    if asked is not None:
        tell(
            holder=asked,
            kind="invited",
            subject_id=invitation.pk,
            now=now,
            facts={"organisation": held.name},
        )
    return invitation


@transaction.atomic
def accept_invitation(*, invitation: Invitation, holder: Holder, now: datetime) -> Invitation:
    """Give a person the role it was offered, and return the invitation; once.

    Raises:
        UnknownId: it is another person's.
        HolderFrozen: the person may do nothing.
        InvitationGone: it was answered otherwise, or is too old.
    """
    locked = lock_holders(invitation.organisation, holder)
    organisation = locked[invitation.organisation_id]
    found = _locked(invitation_of(holder=holder, invitation_id=invitation.pk))
    refuse_frozen(locked[holder.pk])
    if found.state == Invitation.State.ACCEPTED:
        return found
    _refuse_gone(found, holder=holder, now=now)
    assert holder.user is not None
    before = Member.objects.filter(organisation=organisation, user=holder.user).first()
    if before is not None and before.role == Member.Role.OWNER and found.role != before.role:
        _refuse_last_owner(before)
    add_member(organisation=organisation, user=holder.user, role=Member.Role(found.role))
    kind = MemberEvent.Kind.CHANGED if before else MemberEvent.Kind.JOINED
    _note(organisation, user=holder.user, kind=kind, role=found.role, by=holder.user, now=now)
    return _ended(found, state=Invitation.State.ACCEPTED, now=now)


@transaction.atomic
def end_invitation(*, invitation: Invitation, holder: Holder, now: datetime) -> Invitation:
    """Decline an invitation, or as an owner withdraw it, and return it; ended before it stays so.

    Raises:
        UnknownId: the person has no say in it.
        InvitationGone: it was accepted.
        HolderFrozen: a frozen owner would withdraw it; everybody may decline.
    """
    lock_holder(invitation.organisation)
    found = _locked(invitation_of(holder=holder, invitation_id=invitation.pk))
    if found.state == Invitation.State.ACCEPTED:
        raise InvitationGone("This invitation was accepted.")
    if found.state != Invitation.State.OPEN:
        return found
    is_mine = holder.numbers.filter(msisdn=found.msisdn).exists()
    if is_mine:
        return _ended(found, state=Invitation.State.DECLINED, now=now)
    refuse_frozen(holder)
    return _ended(found, state=Invitation.State.WITHDRAWN, now=now)


@transaction.atomic
def change_role(
    *, organisation: Holder, by: User, member: Member, role: str, now: datetime
) -> Member:
    """Give a member another role, and return it.

    Raises:
        BadRole, UnknownId, NotAnOwner, HolderFrozen: as they say.
        LastOwner: nobody would own the organisation.
    """
    _refuse_bad_role(role)
    held = _locked_for_owner(organisation, by=by)
    found = member_of(organisation=held, member_id=member.pk)
    if found.role == role:
        return found
    _refuse_last_owner(found)
    found.role = role
    found.save(update_fields=["role"])
    kind = MemberEvent.Kind.CHANGED
    _note(held, user=found.user, kind=kind, role=role, by=by, now=now)
    return found


@transaction.atomic
def remove_member(*, organisation: Holder, by: User, member: Member, now: datetime) -> Member:
    """Take a member's role away, and return what it was; everybody may leave.

    Raises:
        UnknownId, NotAnOwner: whoever asks has no say here.
        HolderFrozen: the owner, or the organisation, may do nothing; everybody may leave.
        LastOwner: nobody would own the organisation.
    """
    leaves = member.user_id == by.pk
    held = lock_holder(organisation) if leaves else _locked_for_owner(organisation, by=by)
    found = member_of(organisation=held, member_id=member.pk)
    _refuse_last_owner(found)
    member_id = found.pk
    found.delete()
    found.pk = member_id
    _note(held, user=found.user, kind=MemberEvent.Kind.LEFT, role=found.role, by=by, now=now)
    return found


@transaction.atomic
def leave_organisations(*, user: User, by: str, now: datetime) -> None:
    """End every role of a person whose wallet ends; the caller has locked the organisations."""
    for member in Member.objects.filter(user=user).order_by("id"):
        MemberEvent.objects.create(
            organisation_id=member.organisation_id,
            user=user,
            kind=MemberEvent.Kind.LEFT,
            role=member.role,
            by=by,
            at=now,
        )
        member.delete()


def _locked_for_owner(organisation: Holder, *, by: User) -> Holder:
    held = lock_holder(organisation)
    if membership_of(user=by, organisation_id=held.pk).role != Member.Role.OWNER:
        raise NotAnOwner("Only an owner says who belongs to the organisation.")
    refuse_frozen(held)
    refuse_frozen_person(by)
    return held


def _locked(invitation: Invitation) -> Invitation:
    return Invitation.objects.select_for_update(no_key=True).get(pk=invitation.pk)


def _refuse_bad_role(role: str) -> None:
    if role not in Member.Role.values:
        raise BadRole("A role is owner, manager or viewer.")


def _refuse_gone(invitation: Invitation, *, holder: Holder, now: datetime) -> None:
    is_mine = holder.numbers.filter(msisdn=invitation.msisdn, doubted_at=None).exists()
    is_over = invitation.state != Invitation.State.OPEN or now >= invitation.expires_at
    if is_over or not is_mine:
        raise InvitationGone("This invitation is over.")


def _refuse_last_owner(member: Member) -> None:
    owners = Member.objects.filter(organisation=member.organisation_id, role=Member.Role.OWNER)
    if member.role == Member.Role.OWNER and owners.count() == 1:
        raise LastOwner("Let somebody else own the organisation first.")


def _ended(invitation: Invitation, *, state: Invitation.State, now: datetime) -> Invitation:
    invitation.state, invitation.answered_at = state, now
    invitation.save(update_fields=["state", "answered_at"])
    return invitation


def _note(
    organisation: Holder,
    *,
    user: User,
    kind: MemberEvent.Kind,
    role: str,
    by: User,
    now: datetime,
) -> None:
    MemberEvent.objects.create(
        organisation=organisation, user=user, kind=kind, role=role, by=f"user/{by.pk}", at=now
    )
