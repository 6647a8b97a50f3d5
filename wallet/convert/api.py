"""JSON: conversions of coins to data, and deliveries of data and vouchers."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import generics, serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from wallet.carriers.queries import decided_at_latest
from wallet.carriers.rules import Quality, masked
from wallet.carriers.tasks import nudge, serve
from wallet.convert.models import Conversion, DataDelivery
from wallet.convert.operations import (
    convert_coins,
    deliver_data,
    join_waiting_list,
    leave_waiting_list,
)
from wallet.convert.queries import (
    Standing,
    carriers_for,
    conversion_of,
    conversions_of,
    deliveries_of,
    delivery_of,
    known_carrier,
)
from wallet.holders.api import AmountField, NewestFirst, TextField
from wallet.holders.idempotency import KEY_PARAMETER, idempotent
from wallet.holders.models import Holder
from wallet.holders.queries import holder_of
from wallet.holders.rules import opaque_id, uuid_in

CARRIER = OpenApiParameter("carrier", str, OpenApiParameter.PATH)


class ConversionSerializer(serializers.Serializer[Conversion]):
    """Coins on their way to become as many MB on a number; an open one says by when it is decided."""

    id = serializers.SerializerMethodField()
    number = serializers.SerializerMethodField()
    carrier = serializers.CharField(source="carrier_id")
    carrier_known_by = serializers.ChoiceField(
        choices=[quality.value for quality in Quality], source="known_by"
    )
    coins = serializers.IntegerField()
    mb = serializers.IntegerField(source="coins")
    state = serializers.ChoiceField(choices=Conversion.State.choices)
    carrier_state = serializers.CharField(source="instruction.state")
    reason = serializers.CharField(source="instruction.reason")
    decided_by = serializers.SerializerMethodField()
    made_at = serializers.DateTimeField()
    ended_at = serializers.DateTimeField(allow_null=True)

    def get_id(self, row: Conversion) -> str:
        """Return the opaque id."""
        return opaque_id("cnv", row.pk)

    def get_number(self, row: Conversion) -> str:
        """Return the number with its middle hidden."""
        return masked(msisdn=row.msisdn)

    def get_decided_by(self, row: Conversion) -> datetime | None:
        """Return by when an open one is decided at the latest."""
        by = decided_at_latest(row.instruction)
        return by and by.astimezone(UTC)


class ConvertSerializer(serializers.Serializer[None]):
    """What to convert: whole coins, to which number; its carrier where the user says it."""

    msisdn = TextField(max_length=20)
    coins = AmountField()
    carrier = TextField(max_length=4, allow_blank=True, default="")


class Newest(NewestFirst):
    """Pages of what was asked, the newest first."""

    ordering = ("-made_at", "-id")


class Conversions(generics.ListAPIView[Conversion]):
    """The holder's conversions; a new one is accepted and carried out afterwards."""

    serializer_class = ConversionSerializer
    pagination_class = Newest

    def get_queryset(self) -> QuerySet[Conversion]:
        """Return the holder's own, newest first."""
        return conversions_of(holder_of(self.request.user))

    @extend_schema(
        request=ConvertSerializer, responses={202: ConversionSerializer}, parameters=[KEY_PARAMETER]
    )
    @idempotent
    def post(self, request: Request, *, holder: Holder, key: UUID, now: datetime) -> Response:
        """Convert coins to data on a number."""
        asked = ConvertSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        row = convert_coins(holder=holder, key=key, now=now, **asked.validated_data)
        nudge(serve, carrier=row.carrier_id)
        return Response(ConversionSerializer(row).data, status=202)


class OneConversion(generics.RetrieveAPIView[Conversion]):
    """One conversion, and how far it has come."""

    serializer_class = ConversionSerializer

    def get_object(self) -> Conversion:
        """Return the holder's own."""
        conversion_id = uuid_in("cnv", self.kwargs["conversion_id"])
        return conversion_of(holder=holder_of(self.request.user), conversion_id=conversion_id)


class DeliverySerializer(serializers.Serializer[DataDelivery]):
    """Data or a voucher on its way to a number of its carrier."""

    id = serializers.SerializerMethodField()
    number = serializers.SerializerMethodField()
    asset = serializers.CharField()
    mb = serializers.IntegerField()
    state = serializers.ChoiceField(choices=DataDelivery.State.choices)
    carrier_state = serializers.CharField(source="instruction.state")
    reason = serializers.CharField(source="instruction.reason")
    decided_by = serializers.SerializerMethodField()
    made_at = serializers.DateTimeField()
    ended_at = serializers.DateTimeField(allow_null=True)

    def get_id(self, row: DataDelivery) -> str:
        """Return the opaque id."""
        return opaque_id("dlv", row.pk)

    def get_number(self, row: DataDelivery) -> str:
        """Return the number with its middle hidden."""
        return masked(msisdn=row.msisdn)

    def get_decided_by(self, row: DataDelivery) -> datetime | None:
        """Return by when an open one is decided at the latest."""
        by = decided_at_latest(row.instruction)
        return by and by.astimezone(UTC)


class DeliverSerializer(serializers.Serializer[None]):
    """What to deliver: MB of one asset, to which number; its carrier where the user says it."""

    asset = TextField(max_length=48)
    mb = AmountField()
    msisdn = TextField(max_length=20)
    carrier = TextField(max_length=4, allow_blank=True, default="")


class Deliveries(generics.ListAPIView[DataDelivery]):
    """The holder's deliveries; a new one is accepted and carried out afterwards."""

    serializer_class = DeliverySerializer
    pagination_class = Newest

    def get_queryset(self) -> QuerySet[DataDelivery]:
        """Return the holder's own, newest first."""
        return deliveries_of(holder_of(self.request.user))

    @extend_schema(
        request=DeliverSerializer, responses={202: DeliverySerializer}, parameters=[KEY_PARAMETER]
    )
    @idempotent
    def post(self, request: Request, *, holder: Holder, key: UUID, now: datetime) -> Response:
        """Deliver data or a voucher to a number."""
        asked = DeliverSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        row = deliver_data(holder=holder, key=key, now=now, **asked.validated_data)
        nudge(serve, carrier=row.instruction.carrier_id)
        return Response(DeliverySerializer(row).data, status=202)


class OneDelivery(generics.RetrieveAPIView[DataDelivery]):
    """One delivery, and how far it has come."""

    serializer_class = DeliverySerializer

    def get_object(self) -> DataDelivery:
        """Return the holder's own."""
        delivery_id = uuid_in("dlv", self.kwargs["delivery_id"])
        return delivery_of(holder=holder_of(self.request.user), delivery_id=delivery_id)


class CarrierSerializer(serializers.Serializer[Standing]):
    """A carrier: whether it delivers for coins now, and whether I wait for it to."""

    code = serializers.CharField(source="carrier.code")
    name_zh = serializers.CharField(source="carrier.name_zh")
    name_en = serializers.CharField(source="carrier.name_en")
    sells = serializers.BooleanField()
    waits = serializers.BooleanField()


class Carriers(APIView):
    """Carriers, before one chooses a number to convert for."""

    @extend_schema(operation_id="carriers", responses=CarrierSerializer(many=True))
    def get(self, request: Request) -> Response:
        """Return every carrier, and how it stands to my coins."""
        return Response(_standings(holder_of(request.user), now=timezone.now()))


class JoinWait(APIView):
    """The waiting list of a carrier that delivers nothing for coins."""

    @extend_schema(
        operation_id="join_waiting_list",
        request=None,
        responses=CarrierSerializer(many=True),
        parameters=[CARRIER, KEY_PARAMETER],
    )
    @idempotent
    def post(
        self, request: Request, *, holder: Holder, key: UUID, now: datetime, carrier: str
    ) -> Response:
        """Wait for a carrier: an inbox line tells when it delivers."""
        join_waiting_list(holder=holder, carrier=known_carrier(carrier).code, now=now)
        return Response(_standings(holder, now=now))


class LeaveWait(APIView):
    """The way off the waiting list."""

    @extend_schema(
        operation_id="leave_waiting_list",
        request=None,
        responses=CarrierSerializer(many=True),
        parameters=[CARRIER, KEY_PARAMETER],
    )
    @idempotent
    def post(
        self, request: Request, *, holder: Holder, key: UUID, now: datetime, carrier: str
    ) -> Response:
        """Wait no longer."""
        leave_waiting_list(holder=holder, carrier=known_carrier(carrier).code)
        return Response(_standings(holder, now=now))


def _standings(holder: Holder, *, now: datetime) -> Any:
    found = carriers_for(holder, now=now)
    return CarrierSerializer(found, many=True).data  # type: ignore[arg-type]
