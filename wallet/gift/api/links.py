"""JSON: what waits under a link, and claiming it."""

from datetime import datetime
from uuid import UUID

from allauth.account.adapter import get_adapter
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from wallet.contacts.queries import names_by_number
from wallet.gift.api.shapes import ClaimedGiftSerializer, LinkedGiftSerializer, shown
from wallet.gift.models import Gift
from wallet.gift.operations import claim_gift, look_up_gift
from wallet.holders.idempotency import KEY_PARAMETER, idempotent
from wallet.holders.models import Holder
from wallet.holders.queries import holder_of

TOKEN = OpenApiParameter("token", str, OpenApiParameter.PATH)


class GiftLink(APIView):
    """A gift by its link."""

    @extend_schema(operation_id="gift_link", responses=LinkedGiftSerializer, parameters=[TOKEN])
    def get(self, request: Request, token: str) -> Response:
        """Return what waits under a link, and for which carrier; nothing is claimed."""
        gift, holder = _linked(request, token, timezone.now()), holder_of(request.user)
        kept = names_by_number(holder)
        return Response(LinkedGiftSerializer(gift, context={"kept": kept}).data)


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
        return Response(shown(gift, holder=holder))


def _linked(request: Request, token: str, now: datetime) -> Gift:
    guesser = get_adapter().get_client_ip(request)
    return look_up_gift(token=token, guesser=guesser, now=now)
