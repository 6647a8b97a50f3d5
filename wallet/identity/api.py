"""JSON: have my real name checked."""

from datetime import datetime
from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from wallet.holders.api import TextField
from wallet.holders.idempotency import KEY_PARAMETER, idempotent
from wallet.holders.models import Holder
from wallet.identity.models import IdentityCheck
from wallet.identity.operations import check_identity
from wallet.identity.rules import NAME_LENGTH_MAX
from wallet.identity.verifier import verifier_in_use


class NewCheckSerializer(serializers.Serializer[Any]):
    """A name as it stands on the identity card, its number, and how they are checked."""

    name = TextField(max_length=NAME_LENGTH_MAX)
    identity_number = TextField(max_length=40)
    method = serializers.ChoiceField(choices=IdentityCheck.Method.choices)


class CheckSerializer(serializers.Serializer[IdentityCheck]):
    """What came of a check, and the tier it gives if it passed."""

    state = serializers.CharField()
    tier = serializers.IntegerField()
    reason = serializers.CharField()
    decided_at = serializers.DateTimeField(allow_null=True)


class Checks(APIView):
    """Who I am."""

    @extend_schema(
        operation_id="check_identity",
        request=NewCheckSerializer,
        responses={201: CheckSerializer},
        parameters=[KEY_PARAMETER],
    )
    @idempotent
    def post(self, request: Request, *, holder: Holder, key: UUID, now: datetime) -> Response:
        """Have my real name checked; neither it nor the number is kept."""
        asked = NewCheckSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        check = check_identity(
            holder=holder,
            name=asked.validated_data["name"],
            number=asked.validated_data["identity_number"],
            method=asked.validated_data["method"],
            verifier=verifier_in_use(),
            key=key,
            now=now,
        )
        return Response(CheckSerializer(check).data, status=201)
