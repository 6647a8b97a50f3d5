"""Reads of organisations: whose member somebody is, who else belongs, who was asked to."""

from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet

from wallet.holders.models import Holder, Member, User
from wallet.holders.rules import UnknownId
from wallet.organisations.models import Invitation, MemberEvent


def memberships_of(user: User) -> QuerySet[Member]:
    """Return a person's roles, by the organisations' names."""
    rows = Member.objects.filter(user=user, organisation__closed_at=None)
    return rows.select_related("organisation").order_by("organisation__name", "pk")


def membership_of(*, user: User, organisation_id: UUID) -> Member:
    """Return a person's role in an organisation.

    Raises:
        UnknownId: there is no such organisation, or the person does not belong to it.
    """
    found = memberships_of(user).filter(organisation_id=organisation_id).first()
    if found is None:
        raise UnknownId("You belong to no such organisation.")
    return found


def members_of(organisation: Holder) -> QuerySet[Member]:
    """Return an organisation's members, owners first."""
    rows = Member.objects.filter(organisation=organisation).select_related("user")
    return rows.order_by("-role", "user__phone")


def member_of(*, organisation: Holder, member_id: UUID) -> Member:
    """Return one of an organisation's members.

    Raises:
        UnknownId: it has no such member.
    """
    found = members_of(organisation).filter(pk=member_id).first()
    if found is None:
        raise UnknownId("The organisation has no such member.")
    return found


def open_invitations_of(organisation: Holder, *, now: datetime) -> QuerySet[Invitation]:
    """Return whom an organisation has asked and who has not answered, the newest first."""
    rows = Invitation.objects.filter(
        organisation=organisation, state=Invitation.State.OPEN, expires_at__gt=now
    )
    return rows.order_by("-invited_at", "-id")


def invitations_for(holder: Holder, *, now: datetime) -> QuerySet[Invitation]:
    """Return which organisations have asked a person, by the numbers that are surely its own."""
    own = holder.numbers.filter(doubted_at=None).values_list("msisdn", flat=True)
    rows = Invitation.objects.filter(
        msisdn__in=list(own), state=Invitation.State.OPEN, expires_at__gt=now
    )
    return rows.select_related("organisation").order_by("-invited_at", "-id")


def invitation_of(*, holder: Holder, invitation_id: UUID) -> Invitation:
    """Return an invitation to a person, or of an organisation the person owns, whatever its state.

    Raises:
        UnknownId: there is none.
    """
    numbers = holder.numbers.filter(doubted_at=None).values("msisdn")
    owned = Member.objects.filter(user__holder=holder, role=Member.Role.OWNER)
    mine = Q(msisdn__in=numbers) | Q(organisation__in=owned.values("organisation"))
    found = Invitation.objects.filter(mine, pk=invitation_id).select_related("organisation").first()
    if found is None:
        raise UnknownId("You have no such invitation.")
    return found


def member_history_of(organisation: Holder) -> QuerySet[MemberEvent]:
    """Return who was given or lost a role, the newest first."""
    rows = MemberEvent.objects.filter(organisation=organisation).select_related("user")
    return rows.order_by("-id")
