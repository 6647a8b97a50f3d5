"""JSON: how the carrier I speak for stands, what it was asked, its breaks, its usage files."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import generics, serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from wallet.carriers.models import Break, Instruction
from wallet.carriers.rules import masked, masked_in
from wallet.holders.api import NewestFirst, TextField
from wallet.holders.idempotency import KEY_PARAMETER, idempotent
from wallet.holders.models import Holder, User
from wallet.holders.rules import opaque_id, uuid_in
from wallet.offices.operations import answer_break
from wallet.offices.queries import (
    AgedState,
    Work,
    break_of,
    instructions_of,
    managed_office,
    office_of,
    offices_of,
    open_breaks,
    work_of,
)
from wallet.offices.rules import TEXT_LENGTH_MAX

CARRIER = OpenApiParameter("carrier", str, OpenApiParameter.PATH)
STATE = OpenApiParameter("state", str, enum=Instruction.State.values)


def user_asking(request: Request) -> User:
    """Return who asks."""
    assert isinstance(request.user, User)
    return request.user


class OfficeSerializer(serializers.Serializer[Any]):
    """A carrier I speak for, and my role."""

    carrier = serializers.CharField()
    name_zh = serializers.CharField()
    name_en = serializers.CharField()


class Offices(APIView):
    """Carriers I speak for."""

    @extend_schema(operation_id="offices", responses=OfficeSerializer(many=True))
    def get(self, request: Request) -> Response:
        """Return every carrier I have a role at."""
        rows = [
            {
                "carrier": one.carrier_id,
                "name_zh": one.carrier.name_zh,
                "name_en": one.carrier.name_en,
            }
            for one in offices_of(user_asking(request))
        ]
        return Response(OfficeSerializer(rows, many=True).data)


class AgedStateSerializer(serializers.Serializer[AgedState]):
    """How many are in a state, by age."""

    state = serializers.ChoiceField(choices=Instruction.State.choices)
    count = serializers.IntegerField()
    under_1h = serializers.IntegerField(source="by_age.0")
    under_24h = serializers.IntegerField(source="by_age.1")
    under_48h = serializers.IntegerField(source="by_age.2")
    older = serializers.IntegerField(source="by_age.3")


class OfficeWorkSerializer(serializers.Serializer[Work]):
    """What is undecided, what is due, whether the carrier is left alone, and what it is owed."""

    states = AgedStateSerializer(many=True)
    due = serializers.IntegerField()
    delivered_today = serializers.IntegerField()
    failed_today = serializers.IntegerField()
    rests_until = serializers.DateTimeField(allow_null=True)
    calls_unanswered = serializers.IntegerField(source="misses")
    payable_coins = serializers.IntegerField()
    fees_coins = serializers.IntegerField()
    breaks_open = serializers.IntegerField()


class OfficeWork(APIView):
    """How a carrier I speak for stands."""

    @extend_schema(operation_id="office", responses=OfficeWorkSerializer, parameters=[CARRIER])
    def get(self, request: Request, carrier: str) -> Response:
        """Return its queue, its breaker, its breaks and what it is owed."""
        office, _role = office_of(user=user_asking(request), carrier=carrier)
        return Response(OfficeWorkSerializer(work_of(office.carrier, now=timezone.now())).data)


class InstructionSerializer(serializers.Serializer[Instruction]):
    """What we asked of the carrier under our reference, and how far it has come."""

    reference = serializers.CharField(source="pk")
    kind = serializers.ChoiceField(choices=Instruction.Kind.choices)
    msisdn = serializers.SerializerMethodField()
    mb = serializers.IntegerField()
    state = serializers.ChoiceField(choices=Instruction.State.choices)
    reason = serializers.CharField()
    attempts = serializers.IntegerField()
    created_at = serializers.DateTimeField()
    submitted_at = serializers.DateTimeField(allow_null=True)
    decided_at = serializers.DateTimeField(allow_null=True)
    listed_on = serializers.DateField(allow_null=True)

    def get_msisdn(self, row: Instruction) -> str:
        """Return the number without its middle."""
        return masked(msisdn=row.msisdn)


class NewestCreated(NewestFirst):
    """Newest first, by when they were made."""

    ordering = ("-created_at", "-id")


class OfficeInstructions(generics.ListAPIView[Instruction]):
    """What a carrier I speak for was asked."""

    serializer_class = InstructionSerializer
    pagination_class = NewestCreated

    def get_queryset(self) -> QuerySet[Instruction]:
        """Return the carrier's own, newest first."""
        if getattr(self, "swagger_fake_view", False):
            return Instruction.objects.none()
        office, _role = office_of(
            user=user_asking(self.request), carrier=str(self.kwargs["carrier"])
        )
        state = self.request.query_params.get("state", "")
        known = state if state in Instruction.State.values else ""
        return instructions_of(office.carrier_id, state=known)

    @extend_schema(operation_id="office_instructions", parameters=[CARRIER, STATE])
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """List deliveries, deducts and restores; of one state, if one is named."""
        return super().get(request, *args, **kwargs)


class BreakAnswerSerializer(serializers.Serializer[Any]):
    """What the carrier said of a difference."""

    text = serializers.CharField()
    said_at = serializers.DateTimeField()


class BreakSerializer(serializers.Serializer[Break]):
    """A difference between the carrier and us, and what was said of it."""

    id = serializers.SerializerMethodField()
    kind = serializers.ChoiceField(choices=Break.Kind.choices)
    reference = serializers.SerializerMethodField()
    found_at = serializers.DateTimeField()
    answers = BreakAnswerSerializer(many=True)

    def get_id(self, row: Break) -> str:
        """Return the opaque id."""
        return opaque_id("brk", row.pk)

    def get_reference(self, row: Break) -> str:
        """Return what it is about, numbers without their middle."""
        return masked_in(text=row.reference)


class NewestFound(NewestFirst):
    """Newest first, by when they were found."""

    ordering = ("-found_at", "-id")


class OfficeBreaks(generics.ListAPIView[Break]):
    """Differences between a carrier I speak for and us that are not settled."""

    serializer_class = BreakSerializer
    pagination_class = NewestFound

    def get_queryset(self) -> QuerySet[Break]:
        """Return the carrier's own, newest first."""
        if getattr(self, "swagger_fake_view", False):
            return Break.objects.none()
        office, _role = office_of(
            user=user_asking(self.request), carrier=str(self.kwargs["carrier"])
        )
        return open_breaks(office.carrier_id)

    @extend_schema(operation_id="office_breaks", parameters=[CARRIER])
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """List them, the newest first."""
        return super().get(request, *args, **kwargs)


class SaidSerializer(serializers.Serializer[Any]):
    """Words of the carrier's."""

    text = TextField(max_length=TEXT_LENGTH_MAX)


class AnswerBreak(APIView):
    """What a carrier says of a difference."""

    @extend_schema(
        operation_id="answer_break",
        request=SaidSerializer,
        responses={201: BreakAnswerSerializer},
        parameters=[CARRIER, OpenApiParameter("found", str, OpenApiParameter.PATH), KEY_PARAMETER],
    )
    @idempotent
    def post(
        self,
        request: Request,
        *,
        holder: Holder,
        key: UUID,
        now: datetime,
        carrier: str,
        found: str,
    ) -> Response:
        """Keep it for our staff, who decide."""
        office = managed_office(user=user_asking(request), carrier=carrier)
        row = break_of(carrier=office.carrier_id, break_id=uuid_in("brk", found))
        asked = SaidSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        answer = answer_break(
            found=row, text=asked.validated_data["text"], by=user_asking(request), key=key, now=now
        )
        return Response(BreakAnswerSerializer(answer).data, status=201)
