"""JSON: whether the service ends, and when."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from wallet.winddown.models import WindDown
from wallet.winddown.queries import Standing, live_wind_down, standing_of


class EndingSerializer(serializers.Serializer[WindDown | None]):
    """How the service stands, and since when; what has not come is null."""

    standing = serializers.SerializerMethodField()
    announced_at = serializers.DateTimeField(allow_null=True, default=None)
    may_begin_at = serializers.DateTimeField(allow_null=True, default=None)
    begun_at = serializers.DateTimeField(allow_null=True, default=None)
    ended_at = serializers.DateTimeField(allow_null=True, default=None)

    def get_standing(self, row: WindDown | dict[str, Any]) -> Standing:
        """Return going_on, announced, ending or ended."""
        return standing_of(row if isinstance(row, WindDown) else None)


class Ending(APIView):
    """Whether the service ends."""

    @extend_schema(operation_id="ending", responses=EndingSerializer)
    def get(self, request: Request) -> Response:
        """Return how the service stands: on and off are announced days before."""
        row: Any = live_wind_down() or {}
        return Response(EndingSerializer(row).data)
