"""JSON: packages of my numbers, deposits of own data, take-backs."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import generics, serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from ledger.rules import month_name, month_of
from wallet.carriers.tasks import nudge, serve
from wallet.holders.api import AmountField, NewestFirst, TextField
from wallet.holders.idempotency import KEY_PARAMETER, idempotent
from wallet.holders.models import Holder
from wallet.holders.queries import holder_of, number_of
from wallet.holders.rules import opaque_id, uuid_in
from wallet.rollover.models import Deposit, TakeBack
from wallet.rollover.operations.deposits import deposit_surplus
from wallet.rollover.operations.take_backs import take_back
from wallet.rollover.queries import (
    PackageState,
    deposit_of,
    deposits_of,
    packages_of,
    take_back_of,
    take_backs_of,
)


class NewestAsked(NewestFirst):
    """Newest first, by when they were asked."""

    ordering = ("-asked_at", "-id")


class PackageSerializer(serializers.Serializer[PackageState]):
    """A package of one of my numbers this month, in MB, as its carrier last attested it."""

    number = serializers.SerializerMethodField()
    carrier = serializers.CharField(source="usage.carrier_id")
    package = serializers.CharField(source="usage.package")
    kind = serializers.CharField(source="usage.kind")
    month = serializers.SerializerMethodField()
    allowance_mb = serializers.IntegerField(source="usage.allowance_mb")
    used_mb = serializers.IntegerField(source="usage.used_mb")
    left_mb = serializers.IntegerField()
    deposited_mb = serializers.IntegerField()
    on_its_way_mb = serializers.IntegerField()
    depositable_mb = serializers.IntegerField()
    as_of = serializers.DateTimeField(source="usage.as_of")

    def get_number(self, state: PackageState) -> str:
        """Return the number's opaque id."""
        return opaque_id("num", state.number.pk)

    def get_month(self, state: PackageState) -> str:
        """Return the month as 2026-11."""
        return month_name(state.usage.month)


class Packages(APIView):
    """What my numbers' packages hold this month."""

    @extend_schema(operation_id="packages", responses=PackageSerializer(many=True))
    def get(self, request: Request) -> Response:
        """Return every package, by number and package."""
        month = month_of(timezone.now())
        found = packages_of(holder=holder_of(request.user), month=month)
        return Response(PackageSerializer(found, many=True).data)  # type: ignore[arg-type]


class OwnDataSerializer(serializers.Serializer[None]):
    """Which package of which number of mine, and how many MB."""

    number = TextField(max_length=64)
    package = TextField(max_length=32)
    mb = AmountField()


class DepositSerializer(serializers.Serializer[Deposit]):
    """Own data handed over: on the number's line once the carrier's deduct is proved."""

    id = serializers.SerializerMethodField()
    number = serializers.SerializerMethodField()
    carrier = serializers.CharField(source="instruction.carrier_id")
    package = serializers.CharField()
    month = serializers.SerializerMethodField()
    mb = serializers.IntegerField()
    state = serializers.ChoiceField(choices=Deposit.State.choices)
    carrier_state = serializers.CharField(source="instruction.state")
    reason = serializers.CharField(source="instruction.reason")
    asked_at = serializers.DateTimeField()
    ended_at = serializers.DateTimeField(allow_null=True)

    def get_id(self, row: Deposit) -> str:
        """Return the opaque id."""
        return opaque_id("dep", row.pk)

    def get_number(self, row: Deposit | TakeBack) -> str:
        """Return the number's opaque id."""
        return opaque_id("num", row.number_id)

    def get_month(self, row: Deposit | TakeBack) -> str:
        """Return the month as 2026-11."""
        return month_name(row.month)


class TakeBackSerializer(DepositSerializer):
    """Deposited data on its way back into its package."""

    def get_id(self, row: Deposit | TakeBack) -> str:
        """Return the opaque id."""
        return opaque_id("tkb", row.pk)


class Deposits(generics.ListAPIView[Deposit]):
    """My deposits; a new one is accepted and carried out afterwards."""

    serializer_class = DepositSerializer
    pagination_class = NewestAsked

    def get_queryset(self) -> QuerySet[Deposit]:
        """Return the holder's own, newest first."""
        return deposits_of(holder_of(self.request.user))

    @extend_schema(
        request=OwnDataSerializer, responses={202: DepositSerializer}, parameters=[KEY_PARAMETER]
    )
    @idempotent
    def post(self, request: Request, *, holder: Holder, key: UUID, now: datetime) -> Response:
        """Deposit own data of this month's package."""
        asked = own_data_asked(request, holder=holder)
        row = deposit_surplus(holder=holder, key=key, now=now, **asked)
        nudge(serve, carrier=row.instruction.carrier_id)
        return Response(DepositSerializer(row).data, status=202)


class OneDeposit(generics.RetrieveAPIView[Deposit]):
    """One deposit, and how far it has come."""

    serializer_class = DepositSerializer

    def get_object(self) -> Deposit:
        """Return the holder's own."""
        deposit_id = uuid_in("dep", self.kwargs["deposit_id"])
        return deposit_of(holder=holder_of(self.request.user), deposit_id=deposit_id)


class TakeBacks(generics.ListAPIView[TakeBack]):
    """My take-backs; a new one is accepted and carried out afterwards."""

    serializer_class = TakeBackSerializer  # type: ignore[assignment]
    pagination_class = NewestAsked

    def get_queryset(self) -> QuerySet[TakeBack]:
        """Return the holder's own, newest first."""
        return take_backs_of(holder_of(self.request.user))

    @extend_schema(
        request=OwnDataSerializer, responses={202: TakeBackSerializer}, parameters=[KEY_PARAMETER]
    )
    @idempotent
    def post(self, request: Request, *, holder: Holder, key: UUID, now: datetime) -> Response:
        """Take deposited data back into its package."""
        asked = own_data_asked(request, holder=holder)
        row = take_back(holder=holder, key=key, now=now, **asked)
        nudge(serve, carrier=row.instruction.carrier_id)
        return Response(TakeBackSerializer(row).data, status=202)  # type: ignore[arg-type]


class OneTakeBack(generics.RetrieveAPIView[TakeBack]):
    """One take-back, and how far it has come."""

    serializer_class = TakeBackSerializer  # type: ignore[assignment]

    def get_object(self) -> TakeBack:
        """Return the holder's own."""
        take_back_id = uuid_in("tkb", self.kwargs["take_back_id"])
        return take_back_of(holder=holder_of(self.request.user), take_back_id=take_back_id)


def own_data_asked(request: Request, *, holder: Holder) -> Mapping[str, Any]:
    """Return which number, package and MB a request names."""
    asked = OwnDataSerializer(data=request.data)
    asked.is_valid(raise_exception=True)
    named = dict(asked.validated_data)
    number = number_of(holder=holder, number_id=uuid_in("num", named.pop("number")))
    return {**named, "number": number}
