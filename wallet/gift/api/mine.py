"""JSON: make, list, see, cancel and thank for gifts; whom I gave to and received from."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework import generics
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from wallet.contacts.queries import names_by_number
from wallet.gift.api.shapes import (
    ClaimedGiftSerializer,
    NewGiftSerializer,
    RelationsSerializer,
    SentGiftSerializer,
    shown,
)
from wallet.gift.models import Gift
from wallet.gift.operations import cancel_gift, send_gift, send_own_data, thank_sender
from wallet.gift.queries import gift_of, gifts_sent_by, recipient_in, relations_of
from wallet.holders.api import NewestFirst
from wallet.holders.idempotency import KEY_PARAMETER, idempotent
from wallet.holders.models import Holder
from wallet.holders.queries import holder_of, number_of
from wallet.holders.rules import uuid_in

ID = OpenApiParameter("id", str, OpenApiParameter.PATH)


class NewestGifts(NewestFirst):
    """Pages of gifts, the newest first."""

    ordering = ("-made_at", "-id")


@extend_schema_view(get=extend_schema(operation_id="gifts"))
class Gifts(generics.ListAPIView[Gift]):
    """The gifts I made, the newest first."""

    serializer_class = SentGiftSerializer
    pagination_class = NewestGifts

    def get_queryset(self) -> QuerySet[Gift]:
        """Return the gifts I made."""
        if getattr(self, "swagger_fake_view", False):
            return Gift.objects.none()
        rows = gifts_sent_by(holder_of(self.request.user)).select_related("sender", "from_line")
        return rows.prefetch_related("sender__numbers", "claimer__numbers", "for_holder__numbers")

    def get_serializer_context(self) -> dict[str, Any]:
        """Add what I call my friends."""
        context = dict(super().get_serializer_context())
        if getattr(self, "swagger_fake_view", False):
            return context
        return {**context, "kept": names_by_number(holder_of(self.request.user))}

    @extend_schema(
        operation_id="send_gift",
        request=NewGiftSerializer,
        responses={201: SentGiftSerializer},
        parameters=[KEY_PARAMETER],
    )
    @idempotent
    def post(self, request: Request, *, holder: Holder, key: UUID, now: datetime) -> Response:
        """Set coins or data aside under a link that one friend may claim."""
        asked = NewGiftSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        gift = _made(holder=holder, asked=dict(asked.validated_data), key=key, now=now)
        return Response(shown(gift, holder=holder), status=201)


class OneGift(APIView):
    """A gift I made or claimed."""

    @extend_schema(operation_id="gift", responses=SentGiftSerializer, parameters=[ID])
    def get(self, request: Request, id: str) -> Response:  # noqa: A002  the API's word
        """Return a gift I made, with its link, or one I claimed."""
        holder = holder_of(request.user)
        return Response(shown(_gift(holder=holder, text=id), holder=holder))


class CancelGift(APIView):
    """Take a gift back."""

    @extend_schema(
        operation_id="cancel_gift",
        request=None,
        responses=SentGiftSerializer,
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
        """Take back a gift nobody has claimed."""
        gift = cancel_gift(gift=_gift(holder=holder, text=id), sender=holder, now=now)
        return Response(shown(gift, holder=holder))


class ThankForGift(APIView):
    """Say thanks."""

    @extend_schema(
        operation_id="thank_sender",
        request=None,
        responses=ClaimedGiftSerializer,
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
        """Tell the sender of a gift I claimed thanks, once."""
        gift = thank_sender(gift=_gift(holder=holder, text=id), claimer=holder, now=now)
        return Response(shown(gift, holder=holder))


class Relations(APIView):
    """Who gave whom (关系链)."""

    @extend_schema(operation_id="relations", responses=RelationsSerializer)
    def get(self, request: Request) -> Response:
        """Return whom I have given to and received from."""
        found = relations_of(holder_of(request.user))
        return Response(RelationsSerializer({"results": found}).data)


def _made(*, holder: Holder, asked: dict[str, Any], key: UUID, now: datetime) -> Gift:
    number = asked.pop("number", None)
    meant = recipient_in(asked.pop("locked_to"), holder=holder)
    asked |= {"locked_to": meant.locked_to, "friend_of": meant.friend_of}
    if number is None:
        return send_gift(sender=holder, **asked, key=key, now=now)
    line = number_of(holder=holder, number_id=uuid_in("num", number))
    return send_own_data(sender=holder, number=line, **asked, key=key, now=now)


def _gift(*, holder: Holder, text: str) -> Gift:
    return gift_of(holder=holder, gift_id=uuid_in("gft", text))
