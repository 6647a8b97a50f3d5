"""JSON: have my real name checked, and read what each tier lets me do."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from wallet.holders.api import TextField
from wallet.holders.idempotency import KEY_PARAMETER, idempotent
from wallet.holders.models import Holder
from wallet.holders.queries import coins_given_on_day_of, holder_of
from wallet.identity.models import IdentityCheck
from wallet.identity.operations import check_identity
from wallet.identity.queries import Limits, limits_of_tiers
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


class LimitsSerializer(serializers.Serializer[Limits]):
    """What a tier takes, and how much it lets me hold and give."""

    tier = serializers.IntegerField()
    proved_by = serializers.CharField()
    wallet_coins_max = serializers.IntegerField()
    gift_coins_per_day_max = serializers.IntegerField()
    gift_count_per_day_max = serializers.IntegerField()


class MyLimitsSerializer(serializers.Serializer[Any]):
    """My tier, the coins I gave away today, and the limits of every tier."""

    tier = serializers.IntegerField()
    given_today_coins = serializers.IntegerField()
    tiers = LimitsSerializer(many=True)


class MyLimits(APIView):
    """What I may do."""

    @extend_schema(operation_id="my_limits", responses=MyLimitsSerializer)
    def get(self, request: Request) -> Response:
        """Return my tier and its limits, beside those of the others."""
        holder, now = holder_of(request.user), timezone.now()
        found = {
            "tier": holder.tier,
            "given_today_coins": coins_given_on_day_of(now, holder=holder),
            "tiers": limits_of_tiers(now=now),
        }
        return Response(MyLimitsSerializer(found).data)


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
