"""JSON: what came after the close of a month, as a carrier sees it."""

from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from ledger.rules import count_said, month_name
from wallet.carriers.rules import masked
from wallet.corrections.queries import Correction, corrections_of, month_asked
from wallet.holders.models import User
from wallet.holders.rules import opaque_id
from wallet.offices.queries import office_of

MOST = 1_000


class CorrectionSerializer(serializers.Serializer[Correction]):
    """A transaction that a closed month caused, and the usage file its figures come from."""

    transaction = serializers.SerializerMethodField()
    kind = serializers.CharField()
    posted = serializers.SerializerMethodField()
    at = serializers.DateTimeField()
    number = serializers.SerializerMethodField()
    package = serializers.CharField()
    file = serializers.CharField()
    file_read_at = serializers.DateTimeField(source="read_at", allow_null=True)
    file_is_late = serializers.BooleanField(source="is_late")
    moved = serializers.DictField(child=serializers.IntegerField())

    def get_transaction(self, row: Correction) -> str:
        """Return the opaque id."""
        return opaque_id("txn", row.transaction)

    def get_posted(self, row: Correction) -> str:
        """Return the month it is posted in, as 2026-12."""
        return month_name(row.posted)

    def get_number(self, row: Correction) -> str:
        """Return the number, its middle left out; nothing where it is not known."""
        return masked(msisdn=row.msisdn) if row.msisdn else ""


class Corrections(APIView):
    """What was posted for a carrier's part of a month after its close."""

    @extend_schema(
        operation_id="corrections",
        responses=CorrectionSerializer(many=True),
        parameters=[
            OpenApiParameter("carrier", str, OpenApiParameter.PATH),
            OpenApiParameter("month", str, OpenApiParameter.PATH),
            OpenApiParameter("after", int),
        ],
    )
    def get(self, request: Request, carrier: str, month: str) -> Response:
        """Return corrections, the newest first, a thousand at a time: `after` is how many were read."""
        assert isinstance(request.user, User)
        office, _role = office_of(user=request.user, carrier=carrier)
        skip = count_said(request.query_params.get("after", ""), digits=9)
        rows: Any = corrections_of(
            month_asked(month), carrier=office.carrier_id, skip=skip, limit=MOST
        )
        return Response(CorrectionSerializer(rows, many=True).data)
