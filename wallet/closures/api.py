"""JSON: end my wallet."""

from datetime import datetime
from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from ledger.rules import AMOUNT_MAX
from wallet.closures.models import Closure
from wallet.closures.operations import close_own_wallet
from wallet.holders.api import WholeField
from wallet.holders.idempotency import KEY_PARAMETER, idempotent
from wallet.holders.models import Holder


class CloseSerializer(serializers.Serializer[Any]):
    """The coins that are given up: all that the wallet holds."""

    gives_up_coins = WholeField(min_value=0, max_value=AMOUNT_MAX)


class ClosureSerializer(serializers.Serializer[Closure]):
    """What was given up (coins; MB by asset), and when."""

    coins = serializers.IntegerField()
    goods = serializers.DictField(child=serializers.IntegerField())
    closed_at = serializers.DateTimeField()


class Close(APIView):
    """The end of my wallet."""

    @extend_schema(
        operation_id="close_wallet",
        request=CloseSerializer,
        responses=ClosureSerializer,
        parameters=[KEY_PARAMETER],
    )
    @idempotent
    def post(self, request: Request, *, holder: Holder, key: UUID, now: datetime) -> Response:
        """End my wallet for good; every session ends with it."""
        asked = CloseSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        closure = close_own_wallet(holder=holder, **asked.validated_data, now=now)
        return Response(ClosureSerializer(closure).data)
