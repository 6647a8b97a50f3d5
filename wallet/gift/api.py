"""JSON: make, list, see, claim, cancel and thank for gifts."""

from datetime import datetime
from typing import Any
from uuid import UUID

from allauth.account.adapter import get_adapter
from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework import generics, serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from ledger.rules import COIN
from wallet.gift.models import Gift
from wallet.gift.operations import (
    cancel_gift,
    claim_gift,
    look_up_gift,
    send_gift,
    send_own_data,
    thank_sender,
)
from wallet.gift.queries import claimer_words, gift_of, gifts_sent_by, link_of
from wallet.gift.rules import received_of
from wallet.holders.api import AmountField, NewestFirst, TextField
from wallet.holders.idempotency import KEY_PARAMETER, idempotent
from wallet.holders.models import Holder
from wallet.holders.queries import holder_of, number_of
from wallet.holders.rules import GREETING_LENGTH_MAX, opaque_id, uuid_in

ID = OpenApiParameter("id", str, OpenApiParameter.PATH)
TOKEN = OpenApiParameter("token", str, OpenApiParameter.PATH)


class NewGiftSerializer(serializers.Serializer[Any]):
    """What to give: coins by default; own data names its number and package."""

    asset = TextField(max_length=48, default=COIN)
    amount = AmountField()
    greeting = TextField(max_length=GREETING_LENGTH_MAX, allow_blank=True, default="")
    locked_to = TextField(max_length=40, allow_blank=True, default="")
    number = TextField(max_length=40, required=False)
    package = TextField(max_length=32, required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Refuse half a line.

        Raises:
            ValidationError: a number without its package, or the other way round.
        """
        if ("number" in attrs) != ("package" in attrs):
            raise serializers.ValidationError("Own data names both its number and its package.")
        return attrs


class LinkedGiftSerializer(serializers.Serializer[Gift]):
    """A gift as whoever has its link sees it."""

    asset = serializers.CharField()
    receives = serializers.SerializerMethodField()
    amount = serializers.IntegerField()
    greeting = serializers.CharField()
    state = serializers.CharField()
    locked = serializers.SerializerMethodField()
    expires_at = serializers.DateTimeField()

    def get_receives(self, gift: Gift) -> str:
        """Return the asset the claimer gets."""
        return received_of(gift.asset)

    def get_locked(self, gift: Gift) -> bool:
        """Tell whether only one number may claim it."""
        return bool(gift.locked_to)


class ClaimedGiftSerializer(LinkedGiftSerializer):
    """A gift as whoever claimed it sees it."""

    id = serializers.SerializerMethodField()
    made_at = serializers.DateTimeField()
    ended_at = serializers.DateTimeField(allow_null=True)
    thanked_at = serializers.DateTimeField(allow_null=True)

    def get_id(self, gift: Gift) -> str:
        """Return the opaque id."""
        return opaque_id("gft", gift.pk)


class SentGiftSerializer(ClaimedGiftSerializer):
    """A gift as its sender sees it."""

    locked_to = serializers.CharField()
    claimed_by = serializers.SerializerMethodField()
    link = serializers.SerializerMethodField()

    def get_claimed_by(self, gift: Gift) -> str:
        """Return the claimer's number with its middle hidden, or nothing."""
        return claimer_words(gift)

    def get_link(self, gift: Gift) -> str:
        """Return the link to send to a friend."""
        return link_of(gift)


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
        return gifts_sent_by(holder_of(self.request.user)).select_related("claimer")

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
        return Response(SentGiftSerializer(gift).data, status=201)


class OneGift(APIView):
    """A gift I made or claimed."""

    @extend_schema(operation_id="gift", responses=SentGiftSerializer, parameters=[ID])
    def get(self, request: Request, id: str) -> Response:  # noqa: A002  the API's word
        """Return a gift I made, with its link, or one I claimed."""
        holder = holder_of(request.user)
        return Response(_shown(_gift(holder=holder, text=id), holder=holder))


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
        return Response(_shown(gift, holder=holder))


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
        return Response(ClaimedGiftSerializer(gift).data)


class GiftLink(APIView):
    """A gift by its link."""

    @extend_schema(operation_id="gift_link", responses=LinkedGiftSerializer, parameters=[TOKEN])
    def get(self, request: Request, token: str) -> Response:
        """Return what waits under a link, and for which carrier; nothing is claimed."""
        return Response(LinkedGiftSerializer(_linked(request, token, timezone.now())).data)


class ClaimGift(APIView):
    """Claim a gift by its link."""

    @extend_schema(
        operation_id="claim_gift",
        request=None,
        responses=ClaimedGiftSerializer,
        parameters=[TOKEN, KEY_PARAMETER],
    )
    @idempotent
    def post(
        self, request: Request, *, holder: Holder, key: UUID, now: datetime, token: str
    ) -> Response:
        """Put what waits under a link into my wallet."""
        gift = claim_gift(gift=_linked(request, token, now), claimer=holder, now=now)
        return Response(ClaimedGiftSerializer(gift).data)


def _made(*, holder: Holder, asked: dict[str, Any], key: UUID, now: datetime) -> Gift:
    number = asked.pop("number", None)
    if number is None:
        return send_gift(sender=holder, **asked, key=key, now=now)
    line = number_of(holder=holder, number_id=uuid_in("num", number))
    return send_own_data(sender=holder, number=line, **asked, key=key, now=now)


def _gift(*, holder: Holder, text: str) -> Gift:
    return gift_of(holder=holder, gift_id=uuid_in("gft", text))


def _linked(request: Request, token: str, now: datetime) -> Gift:
    guesser = get_adapter().get_client_ip(request)
    return look_up_gift(token=token, guesser=guesser, now=now)


def _shown(gift: Gift, *, holder: Holder) -> Any:
    mine = gift.sender_id == holder.pk
    return (SentGiftSerializer if mine else ClaimedGiftSerializer)(gift).data
