"""JSON: what became of a request."""

from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from ledger.refusals import Refusal
from wallet.holders.idempotency import key_in
from wallet.holders.models import ApiRequest
from wallet.holders.queries import holder_of


class UnknownRequest(Refusal):
    """You asked nothing under this key, or it was refused before it began."""

    code = "unknown_request"
    status = 404


class AskedSerializer(serializers.Serializer[Any]):
    """What became of a request: its stored answer once it is done."""

    key = serializers.CharField()
    state = serializers.ChoiceField(choices=("in_flight", "done"))
    status = serializers.IntegerField(allow_null=True)
    answer = serializers.JSONField(allow_null=True)


class Asked(APIView):
    """What became of a request whose answer was lost."""

    @extend_schema(
        operation_id="request",
        responses=AskedSerializer,
        parameters=[OpenApiParameter("key", str, OpenApiParameter.PATH)],
    )
    def get(self, request: Request, key: str) -> Response:
        """Return whether the request with this key is done, and what it was answered."""
        asked = ApiRequest.objects.filter(
            holder=holder_of(request.user), key=str(key_in(key))
        ).first()
        if asked is None:
            raise UnknownRequest("Nothing was asked under this key.")
        done = asked.status is not None
        found = {
            "key": asked.key,
            "state": "done" if done else "in_flight",
            "status": asked.status,
            "answer": asked.answer,
        }
        return Response(AskedSerializer(found).data)
