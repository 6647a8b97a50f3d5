"""JSON: what a month's end rolls, and what its holder wishes."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from ledger.rules import month_name, month_named, month_of
from wallet.holders.api import SwitchField, TextField
from wallet.holders.idempotency import KEY_PARAMETER, idempotent
from wallet.holders.models import Holder
from wallet.holders.queries import holder_of, number_of
from wallet.holders.rules import opaque_id, uuid_in
from wallet.rollover.operations.wishes import answer_roll, wish_roll
from wallet.rollover.queries import RollPreview, roll_previews


class MonthField(serializers.CharField):
    """A month as 2026-11."""

    def to_internal_value(self, data: Any) -> date:  # type: ignore[override]
        """Return the month's first day."""
        try:
            return month_named(data)
        except (TypeError, ValueError):
            self.fail("invalid")


class RollPreviewSerializer(serializers.Serializer[RollPreview]):
    """What one package would give if its month ended now, in MB, and by which rule."""

    number = serializers.SerializerMethodField()
    carrier = serializers.CharField(source="usage.carrier_id")
    package = serializers.CharField(source="usage.package")
    kind = serializers.CharField(source="usage.kind")
    month = serializers.SerializerMethodField()
    deposited_mb = serializers.IntegerField(source="state.deposited_mb")
    left_mb = serializers.IntegerField(source="state.left_mb")
    rolls_mb = serializers.IntegerField(source="amounts.voucher_mb")
    share_percent = serializers.IntegerField(source="rule.share_percent")
    cap_mb = serializers.IntegerField(source="rule.cap_mb")
    voucher = serializers.CharField()
    asks = serializers.BooleanField()
    answer = serializers.BooleanField(allow_null=True)

    def get_number(self, preview: RollPreview) -> str:
        """Return the number's opaque id."""
        return opaque_id("num", preview.number.pk)

    def get_month(self, preview: RollPreview) -> str:
        """Return the month as 2026-11."""
        return month_name(preview.usage.month)


class Rollover(APIView):
    """What would roll."""

    @extend_schema(operation_id="rollover", responses=RollPreviewSerializer(many=True))
    def get(self, request: Request) -> Response:
        """Return what each of my packages would roll if the month ended now."""
        now = timezone.now()
        found = roll_previews(holder=holder_of(request.user), month=month_of(now), now=now)
        return Response(RollPreviewSerializer(found, many=True).data)  # type: ignore[arg-type]


class RollWishSerializer(serializers.Serializer[Any]):
    """Whether a number of mine is asked before its months roll."""

    number = TextField(max_length=64)
    asks = SwitchField()


class RollWishes(APIView):
    """Whether my numbers are asked before their months roll."""

    @extend_schema(
        operation_id="wish_roll",
        request=RollWishSerializer,
        responses={200: RollWishSerializer},
        parameters=[KEY_PARAMETER],
    )
    @idempotent
    def post(self, request: Request, *, holder: Holder, key: UUID, now: datetime) -> Response:
        """Have a number's months roll by themselves, or only after my word."""
        asked = RollWishSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        wish = asked.validated_data
        number = number_of(holder=holder, number_id=uuid_in("num", wish["number"]))
        row = wish_roll(holder=holder, number=number, asks=wish["asks"], now=now)
        return Response({"number": opaque_id("num", row.number_id), "asks": row.asks})


class RollAnswerSerializer(serializers.Serializer[Any]):
    """My word on one month of one number."""

    number = TextField(max_length=64)
    month = MonthField()
    rolls = SwitchField()


class RollAnswers(APIView):
    """My word on a month of a number."""

    @extend_schema(
        operation_id="answer_roll",
        request=RollAnswerSerializer,
        responses={200: RollAnswerSerializer},
        parameters=[KEY_PARAMETER],
    )
    @idempotent
    def post(self, request: Request, *, holder: Holder, key: UUID, now: datetime) -> Response:
        """Say whether what is left of a number's month rolls."""
        asked = RollAnswerSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        said = asked.validated_data
        number = number_of(holder=holder, number_id=uuid_in("num", said["number"]))
        row = answer_roll(
            holder=holder, number=number, month=said["month"], rolls=said["rolls"], now=now
        )
        return Response(
            {
                "number": opaque_id("num", row.number_id),
                "month": month_name(row.month),
                "rolls": row.rolls,
            }
        )
