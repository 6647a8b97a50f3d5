"""JSON: prove a number by a code, port, release and sign in with one, read their history."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework import generics, serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from wallet.holders.api import NewestFirst, TextField
from wallet.holders.api.me import NumberSerializer
from wallet.holders.idempotency import KEY_PARAMETER, idempotent
from wallet.holders.models import Holder, Number, NumberEvent
from wallet.holders.queries import holder_of, number_of
from wallet.holders.rules import opaque_id, uuid_in
from wallet.numbers.models import NumberCode
from wallet.numbers.operations import (
    add_proved_number,
    ask_number_code,
    change_login,
    disown_number,
    port_number,
    release_number,
)
from wallet.numbers.queries import code_asked, history_of
from wallet.numbers.texts import send_number_code

ID = OpenApiParameter("id", str, OpenApiParameter.PATH)
CODE = OpenApiParameter("code", str, OpenApiParameter.PATH)


class AskCodeSerializer(serializers.Serializer[Any]):
    """The number a code shall go to."""

    msisdn = TextField(max_length=40)


class CodeAskedSerializer(serializers.Serializer[NumberCode]):
    """A code that is on its way to a number, and until when it is taken."""

    id = serializers.SerializerMethodField()
    expires_at = serializers.DateTimeField()

    def get_id(self, code: NumberCode) -> str:
        """Return the opaque id."""
        return opaque_id("nbc", code.pk)


class TypedSerializer(serializers.Serializer[Any]):
    """The digits that came to the number."""

    digits = TextField(max_length=20)


class NewCarrierSerializer(serializers.Serializer[Any]):
    """The code of the carrier a number is with now."""

    carrier = TextField(max_length=8)


class NumberEventSerializer(serializers.Serializer[NumberEvent]):
    """Something that happened to a number while it was mine."""

    number = serializers.SerializerMethodField()
    kind = serializers.CharField()
    at = serializers.DateTimeField()

    def get_number(self, event: NumberEvent) -> str:
        """Return the number's opaque id."""
        return opaque_id("num", event.number_id)


class NewestEvents(NewestFirst):
    """Pages of the history, the newest first."""

    ordering = ("-id",)


class AskCode(APIView):
    """Ask for a code."""

    @extend_schema(
        operation_id="ask_number_code",
        request=AskCodeSerializer,
        responses={201: CodeAskedSerializer},
        parameters=[KEY_PARAMETER],
    )
    @idempotent
    def post(self, request: Request, *, holder: Holder, key: UUID, now: datetime) -> Response:
        """Send a code to a number that I say is mine."""
        asked = AskCodeSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        code = ask_number_code(holder=holder, **asked.validated_data, key=key, now=now)
        send_number_code(code)
        return Response(CodeAskedSerializer(code).data, status=201)


class AddNumber(APIView):
    """Send a code back."""

    @extend_schema(
        operation_id="add_number",
        request=TypedSerializer,
        responses={201: NumberSerializer},
        parameters=[CODE, KEY_PARAMETER],
    )
    @idempotent
    def post(
        self, request: Request, *, holder: Holder, key: UUID, now: datetime, code: str
    ) -> Response:
        """Add the number whose code came back; of a number of mine, prove that I am its owner."""
        asked = code_asked(holder=holder, code_id=uuid_in("nbc", code))
        typed = TypedSerializer(data=request.data)
        typed.is_valid(raise_exception=True)
        number = add_proved_number(
            holder=holder, code=asked, typed=typed.validated_data["digits"], now=now
        )
        return Response(NumberSerializer(number).data, status=201)


@extend_schema_view(get=extend_schema(operation_id="number_history"))
class History(generics.ListAPIView[NumberEvent]):
    """What happened to my numbers."""

    serializer_class = NumberEventSerializer
    pagination_class = NewestEvents

    def get_queryset(self) -> QuerySet[NumberEvent]:
        """Return the events of my numbers, the newest first."""
        if getattr(self, "swagger_fake_view", False):
            return NumberEvent.objects.none()
        return history_of(holder_of(self.request.user))


class Port(APIView):
    """Another carrier."""

    @extend_schema(
        operation_id="port_number",
        request=NewCarrierSerializer,
        responses=NumberSerializer,
        parameters=[ID, KEY_PARAMETER],
    )
    @idempotent
    def post(
        self,
        request: Request,
        *,
        holder: Holder,
        key: UUID,
        now: datetime,
        id: str,  # noqa: A002  the API's word
    ) -> Response:
        """Note that a number of mine has moved to another carrier."""
        number = number_of(holder=holder, number_id=uuid_in("num", id))
        asked = NewCarrierSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        ported = port_number(holder=holder, number=number, **asked.validated_data, now=now)
        return Response(NumberSerializer(ported).data)


class _OnOne(APIView):
    """Something done to one of my numbers."""

    act: Callable[..., Number]

    @idempotent
    def post(
        self,
        request: Request,
        *,
        holder: Holder,
        key: UUID,
        now: datetime,
        id: str,  # noqa: A002  the API's word
    ) -> Response:
        """Do it."""
        number = number_of(holder=holder, number_id=uuid_in("num", id))
        done = type(self).act(holder=holder, number=number, now=now)
        return Response(NumberSerializer(done).data)


@extend_schema_view(
    post=extend_schema(
        operation_id="change_login",
        description="Sign in with this number of mine from now on.",
        request=None,
        responses=NumberSerializer,
        parameters=[ID, KEY_PARAMETER],
    )
)
class Login(_OnOne):
    """Another login."""

    act = staticmethod(change_login)


@extend_schema_view(
    post=extend_schema(
        operation_id="release_number",
        description="Give a number up; own data deposited from it becomes data in my wallet.",
        request=None,
        responses=NumberSerializer,
        parameters=[ID, KEY_PARAMETER],
    )
)
class Release(_OnOne):
    """Give one up."""

    act = staticmethod(release_number)


@extend_schema_view(
    post=extend_schema(
        operation_id="disown_number",
        description=(
            "Say that the wallet of a number in doubt is not mine, its number is: every session "
            "of the wallet ends, and the number opens one of its own."
        ),
        request=None,
        responses=NumberSerializer,
        parameters=[ID, KEY_PARAMETER],
    )
)
class Disown(_OnOne):
    """Leave somebody else's wallet."""

    act = staticmethod(disown_number)
