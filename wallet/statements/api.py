"""JSON: what my month came to, place by place."""

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from ledger.months.queries import StatementLine
from ledger.rules import month_name
from wallet.holders.queries import holder_of
from wallet.statements.queries import Place, month_asked, month_statement


class MonthLineSerializer(serializers.Serializer[StatementLine]):
    """One asset, in whole units."""

    asset = serializers.CharField()
    opening = serializers.IntegerField()
    came = serializers.IntegerField()
    went = serializers.IntegerField()
    closing = serializers.IntegerField()


class MonthPlaceSerializer(serializers.Serializer[Place]):
    """A place of mine: the wallet (`main`), what a close is to pay, a number's package."""

    place = serializers.SerializerMethodField()
    lines = MonthLineSerializer(many=True)

    def get_place(self, place: Place) -> str:
        """Return the address without whose it is."""
        return place.address.split("/", 2)[2]


class WholeMonthSerializer(serializers.Serializer[Any]):
    """A month: final once it is closed, and then sealed under a root."""

    month = serializers.SerializerMethodField()
    final = serializers.BooleanField(source="is_final")
    sealed_under = serializers.CharField(source="root")
    entries = serializers.IntegerField()
    places = MonthPlaceSerializer(many=True)

    def get_month(self, found: Any) -> str:
        """Return the month as 2026-11."""
        return month_name(found.month)


class MonthOfMine(APIView):
    """What my month came to."""

    @extend_schema(
        operation_id="month_statement",
        responses=WholeMonthSerializer,
        parameters=[OpenApiParameter("month", str, OpenApiParameter.PATH)],
    )
    def get(self, request: Request, month: str) -> Response:
        """Return opening and closing balances, what came and went; entries are at /statement."""
        asked = month_asked(month, now=timezone.now())
        found = month_statement(holder_of(request.user), month=asked)
        return Response(WholeMonthSerializer(found).data)
