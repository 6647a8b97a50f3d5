"""JSON: counters I serve at, the codes they show, and claiming one that was scanned."""

from datetime import datetime
from typing import Any
from uuid import UUID

from allauth.account.adapter import get_adapter
from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import generics, serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from wallet.holders.api import AmountField, NewestFirst
from wallet.holders.idempotency import KEY_PARAMETER, idempotent
from wallet.holders.models import Holder, User
from wallet.holders.queries import holder_of
from wallet.holders.rules import opaque_id, uuid_in
from wallet.merchants.models import CounterCode, Merchant
from wallet.merchants.operations import claim_code, look_up_code, show_code
from wallet.merchants.queries import codes_of, counter_of, link_of, merchant_of, merchants_of

TOKEN = OpenApiParameter("token", str, OpenApiParameter.PATH)
MERCHANT = OpenApiParameter("merchant", str, OpenApiParameter.PATH)


class NewestShown(NewestFirst):
    """Newest first, by when they were shown."""

    ordering = ("-shown_at", "-id")


class MerchantSerializer(serializers.Serializer[Any]):
    """A merchant at whose counter I serve, and how it stands today, in coins."""

    id = serializers.CharField()
    name = serializers.CharField()
    budget = serializers.IntegerField()
    open_coins = serializers.IntegerField()
    coins_today = serializers.IntegerField()
    people_today = serializers.IntegerField()


class Merchants(APIView):
    """Counters I serve at."""

    @extend_schema(operation_id="merchants", responses=MerchantSerializer(many=True))
    def get(self, request: Request) -> Response:
        """Return every merchant I may hand out coins of."""
        return Response([_shown(one) for one in merchants_of(_user(request))])


def _shown(merchant: Merchant) -> Any:
    standing = counter_of(merchant, now=timezone.now())
    return MerchantSerializer(
        {
            "id": opaque_id("hld", merchant.pk),
            "name": merchant.holder.name,
            "budget": standing.budget,
            "open_coins": standing.open_coins,
            "coins_today": standing.coins_today,
            "people_today": standing.people_today,
        }
    ).data


class NewCodeSerializer(serializers.Serializer[Any]):
    """How many coins a code shall carry."""

    coins = AmountField()


class CounterCodeSerializer(serializers.Serializer[CounterCode]):
    """A one-time code: its link is what its QR code says."""

    id = serializers.SerializerMethodField()
    coins = serializers.IntegerField()
    link = serializers.SerializerMethodField()
    shown_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField()
    claimed_at = serializers.DateTimeField(allow_null=True)

    def get_id(self, code: CounterCode) -> str:
        """Return the opaque id."""
        return opaque_id("mqr", code.pk)

    def get_link(self, code: CounterCode) -> str:
        """Return what the QR code says."""
        return link_of(code)


class CounterCodes(generics.ListAPIView[CounterCode]):
    """Codes a merchant of mine showed."""

    serializer_class = CounterCodeSerializer
    pagination_class = NewestShown

    def get_queryset(self) -> QuerySet[CounterCode]:
        """Return the merchant's, newest first."""
        if getattr(self, "swagger_fake_view", False):
            return CounterCode.objects.none()
        return codes_of(self._merchant())

    @extend_schema(operation_id="counter_codes", parameters=[MERCHANT])
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """List codes, newest first."""
        return super().get(request, *args, **kwargs)

    @extend_schema(
        operation_id="show_code",
        request=NewCodeSerializer,
        responses={201: CounterCodeSerializer},
        parameters=[MERCHANT, KEY_PARAMETER],
    )
    @idempotent
    def post(
        self, request: Request, *, holder: Holder, key: UUID, now: datetime, merchant: str
    ) -> Response:
        """Show a code that one person may scan within minutes."""
        asked = NewCodeSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        code = show_code(
            merchant=self._merchant(),
            by=_user(request),
            coins=asked.validated_data["coins"],
            key=key,
            now=now,
        )
        return Response(CounterCodeSerializer(code).data, status=201)

    def _merchant(self) -> Merchant:
        merchant_id = uuid_in("hld", self.kwargs["merchant"])
        return merchant_of(user=_user(self.request), merchant_id=merchant_id)


class ScannedCodeSerializer(serializers.Serializer[CounterCode]):
    """What was scanned: whose, how many coins, and whether they were claimed."""

    merchant = serializers.CharField(source="merchant.holder.name")
    coins = serializers.IntegerField()
    expires_at = serializers.DateTimeField()
    claimed_at = serializers.DateTimeField(allow_null=True)


class ScannedCode(APIView):
    """A code by its token."""

    @extend_schema(operation_id="counter_code", responses=ScannedCodeSerializer, parameters=[TOKEN])
    def get(self, request: Request, token: str) -> Response:
        """Return what a code carries; nothing is paid."""
        holder_of(request.user)
        return Response(ScannedCodeSerializer(_scanned(request, token, timezone.now())).data)


class ClaimCode(APIView):
    """Claim a code."""

    @extend_schema(
        operation_id="claim_code",
        request=None,
        responses=ScannedCodeSerializer,
        parameters=[TOKEN, KEY_PARAMETER],
    )
    @idempotent
    def post(
        self, request: Request, *, holder: Holder, key: UUID, now: datetime, token: str
    ) -> Response:
        """Put the code's coins into my wallet, if I am the first."""
        code = _scanned(request, token, now)
        claimed = claim_code(code=code, claimer=holder, now=now)
        claimed.merchant = code.merchant
        return Response(ScannedCodeSerializer(claimed).data)


def _scanned(request: Request, token: str, now: datetime) -> CounterCode:
    guesser = get_adapter().get_client_ip(request)
    return look_up_code(token=token, guesser=guesser, now=now)


def _user(request: Request) -> User:
    holder_of(request.user)
    assert isinstance(request.user, User)
    return request.user
