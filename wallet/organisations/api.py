"""JSON: organisations I belong to, their members, invitations."""

from datetime import datetime
from typing import Any
from uuid import UUID

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from wallet.carriers.rules import masked
from wallet.holders.api import TextField
from wallet.holders.idempotency import KEY_PARAMETER, idempotent
from wallet.holders.models import Holder, Member, User
from wallet.holders.queries import holder_of
from wallet.holders.rules import COUNTRY, opaque_id, uuid_in
from wallet.organisations.models import Invitation
from wallet.organisations.operations import (
    accept_invitation,
    change_role,
    end_invitation,
    invite_member,
    remove_member,
)
from wallet.organisations.queries import (
    invitation_of,
    member_of,
    members_of,
    membership_of,
    memberships_of,
)

ORGANISATION = OpenApiParameter("organisation", str, OpenApiParameter.PATH)
MEMBER = OpenApiParameter("member", str, OpenApiParameter.PATH)
INVITATION = OpenApiParameter("invitation", str, OpenApiParameter.PATH)


class MembershipSerializer(serializers.Serializer[Member]):
    """An organisation I belong to, and my role in it."""

    id = serializers.SerializerMethodField()
    name = serializers.CharField(source="organisation.name")
    role = serializers.CharField()

    def get_id(self, member: Member) -> str:
        """Return the organisation's opaque id."""
        return opaque_id("hld", member.organisation_id)


class MemberSerializer(serializers.Serializer[Member]):
    """Somebody with a role in an organisation of mine; the phone is masked."""

    id = serializers.SerializerMethodField()
    phone = serializers.SerializerMethodField()
    role = serializers.CharField()

    def get_id(self, member: Member) -> str:
        """Return the opaque id."""
        return opaque_id("mbr", member.pk)

    def get_phone(self, member: Member) -> str:
        """Return the phone without its middle."""
        return masked(msisdn=member.user.phone.removeprefix(COUNTRY))


class RoleSerializer(serializers.Serializer[Any]):
    """A role: owners say who belongs, managers move budgets, viewers look."""

    role = serializers.ChoiceField(choices=Member.Role.choices)


class InviteSerializer(RoleSerializer):
    """Whom to ask, and into which role."""

    msisdn = TextField(max_length=40)


class InvitationSerializer(serializers.Serializer[Invitation]):
    """A role that was offered, and what became of it."""

    id = serializers.SerializerMethodField()
    role = serializers.CharField()
    state = serializers.CharField()
    expires_at = serializers.DateTimeField()

    def get_id(self, invitation: Invitation) -> str:
        """Return the opaque id."""
        return opaque_id("inv", invitation.pk)


class Organisations(APIView):
    """Organisations of mine."""

    @extend_schema(operation_id="organisations", responses=MembershipSerializer(many=True))
    def get(self, request: Request) -> Response:
        """Return the organisations I belong to."""
        rows = memberships_of(_user(request))
        return Response([MembershipSerializer(one).data for one in rows])


class Members(APIView):
    """Who belongs to one."""

    @extend_schema(
        operation_id="organisation_members",
        responses=MemberSerializer(many=True),
        parameters=[ORGANISATION],
    )
    def get(self, request: Request, organisation: str) -> Response:
        """Return an organisation's members."""
        found = members_of(_organisation(request, organisation))
        return Response([MemberSerializer(one).data for one in found])


class Invite(APIView):
    """Ask somebody."""

    @extend_schema(
        operation_id="invite_member",
        request=InviteSerializer,
        responses={201: InvitationSerializer},
        parameters=[ORGANISATION, KEY_PARAMETER],
    )
    @idempotent
    def post(
        self, request: Request, *, holder: Holder, key: UUID, now: datetime, organisation: str
    ) -> Response:
        """Offer whoever signs in with a number a role in an organisation that I own."""
        found = _organisation(request, organisation)
        asked = InviteSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        invitation = invite_member(
            organisation=found, by=_user(request), **asked.validated_data, key=key, now=now
        )
        return Response(InvitationSerializer(invitation).data, status=201)


class ChangeRole(APIView):
    """Another role."""

    @extend_schema(
        operation_id="change_role",
        request=RoleSerializer,
        responses=MemberSerializer,
        parameters=[ORGANISATION, MEMBER, KEY_PARAMETER],
    )
    @idempotent
    def post(
        self,
        request: Request,
        *,
        holder: Holder,
        key: UUID,
        now: datetime,
        organisation: str,
        member: str,
    ) -> Response:
        """Give a member of an organisation that I own another role."""
        found = _organisation(request, organisation)
        one = member_of(organisation=found, member_id=uuid_in("mbr", member))
        asked = RoleSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        changed = change_role(
            organisation=found, by=_user(request), member=one, **asked.validated_data, now=now
        )
        return Response(MemberSerializer(changed).data)


class Remove(APIView):
    """Let one go."""

    @extend_schema(
        operation_id="remove_member",
        request=None,
        responses=MemberSerializer,
        parameters=[ORGANISATION, MEMBER, KEY_PARAMETER],
    )
    @idempotent
    def post(
        self,
        request: Request,
        *,
        holder: Holder,
        key: UUID,
        now: datetime,
        organisation: str,
        member: str,
    ) -> Response:
        """Take a member's role away, or leave an organisation myself."""
        found = _organisation(request, organisation)
        one = member_of(organisation=found, member_id=uuid_in("mbr", member))
        gone = remove_member(organisation=found, by=_user(request), member=one, now=now)
        return Response(MemberSerializer(gone).data)


class Accept(APIView):
    """Say yes."""

    @extend_schema(
        operation_id="accept_invitation",
        request=None,
        responses=InvitationSerializer,
        parameters=[INVITATION, KEY_PARAMETER],
    )
    @idempotent
    def post(
        self, request: Request, *, holder: Holder, key: UUID, now: datetime, invitation: str
    ) -> Response:
        """Take the role that an organisation offers me."""
        found = invitation_of(holder=holder, invitation_id=uuid_in("inv", invitation))
        return Response(
            InvitationSerializer(accept_invitation(invitation=found, holder=holder, now=now)).data
        )


class End(APIView):
    """Say no, or take it back."""

    @extend_schema(
        operation_id="end_invitation",
        request=None,
        responses=InvitationSerializer,
        parameters=[INVITATION, KEY_PARAMETER],
    )
    @idempotent
    def post(
        self, request: Request, *, holder: Holder, key: UUID, now: datetime, invitation: str
    ) -> Response:
        """Decline an invitation to me, or withdraw one of an organisation that I own."""
        found = invitation_of(holder=holder, invitation_id=uuid_in("inv", invitation))
        return Response(
            InvitationSerializer(end_invitation(invitation=found, holder=holder, now=now)).data
        )


def _organisation(request: Request, name: str) -> Holder:
    return membership_of(user=_user(request), organisation_id=uuid_in("hld", name)).organisation


def _user(request: Request) -> User:
    holder_of(request.user)
    assert isinstance(request.user, User)
    return request.user
