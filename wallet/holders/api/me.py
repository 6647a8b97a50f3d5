"""JSON: who I am and what I hold."""

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from ledger.rules import goods_of, month_name
from wallet.holders.models import Number
from wallet.holders.queries import balances_of, holder_of, numbers_of
from wallet.holders.rules import opaque_id
from wallet.holders.set_aside import set_aside_of


class NumberSerializer(serializers.Serializer[Number]):
    """A phone number of mine."""

    id = serializers.SerializerMethodField()
    msisdn = serializers.CharField()
    carrier = serializers.CharField(source="carrier_id")
    province = serializers.CharField()
    quality = serializers.CharField()

    def get_id(self, number: Number) -> str:
        """Return the opaque id."""
        return opaque_id("num", number.pk)


class MeSerializer(serializers.Serializer[Any]):
    """Who I am."""

    id = serializers.CharField()
    kind = serializers.CharField()
    name = serializers.CharField()
    phone = serializers.CharField()
    tier = serializers.IntegerField()
    frozen = serializers.BooleanField()
    numbers = NumberSerializer(many=True)


class GoodsSerializer(serializers.Serializer[Any]):
    """Data (MB) of one kind, carrier and month."""

    goods = serializers.CharField()
    carrier = serializers.CharField()
    month = serializers.CharField()
    mb = serializers.IntegerField()


class LineSerializer(GoodsSerializer):
    """Own data (MB) deposited from a number's package."""

    number = serializers.CharField()
    package = serializers.CharField()


class SetAsideSerializer(serializers.Serializer[Any]):
    """An amount (coins or MB, by asset) that waits, and for what."""

    reason = serializers.CharField()
    id = serializers.CharField()
    asset = serializers.CharField()
    amount = serializers.IntegerField()
    until = serializers.DateTimeField(allow_null=True)


class BalancesSerializer(serializers.Serializer[Any]):
    """What I may use now, and what is set aside and why."""

    coins = serializers.IntegerField()
    data = GoodsSerializer(many=True)  # type: ignore[assignment]
    lines = LineSerializer(many=True)
    set_aside = SetAsideSerializer(many=True)
    at = serializers.DateTimeField()


class Me(APIView):
    """Who I am."""

    @extend_schema(operation_id="me", responses=MeSerializer)
    def get(self, request: Request) -> Response:
        """Return my wallet and my numbers."""
        holder = holder_of(request.user)
        me = {
            "id": opaque_id("hld", holder.pk),
            "kind": holder.kind,
            "name": holder.name,
            "phone": str(request.user),
            "tier": holder.tier,
            "frozen": holder.frozen_at is not None,
            "numbers": numbers_of(holder),
        }
        return Response(MeSerializer(me).data)


class MyBalances(APIView):
    """What I hold."""

    @extend_schema(operation_id="balances", responses=BalancesSerializer)
    def get(self, request: Request) -> Response:
        """Return coins, data by number, package and month, and what is set aside and why."""
        holder = holder_of(request.user)
        held = balances_of(holder)
        balances = {
            "coins": held.coins,
            "data": [_goods(asset=one.asset, mb=one.amount) for one in held.goods],
            "lines": [
                {
                    **_goods(asset=line.asset, mb=line.mb),
                    "number": opaque_id("num", line.number.pk),
                    "package": line.package,
                }
                for line in held.lines
            ],
            "set_aside": [
                {
                    "reason": reason,
                    "id": one.id,
                    "asset": one.asset,
                    "amount": one.amount,
                    "until": one.until,
                }
                for reason, waiting in set_aside_of(holder).items()
                for one in waiting
            ],
            "at": timezone.now(),
        }
        return Response(BalancesSerializer(balances).data)


def _goods(*, asset: str, mb: int) -> dict[str, str | int]:
    named = goods_of(asset)
    if named is None:
        return {"goods": asset, "carrier": "", "month": "", "mb": mb}
    month = month_name(named.month)
    return {"goods": named.goods.lower(), "carrier": named.carrier, "month": month, "mb": mb}
