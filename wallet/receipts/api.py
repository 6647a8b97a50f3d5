"""JSON: the receipt of a transaction of mine."""

from typing import Any

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from ledger.receipts.queries import has_receipt
from wallet.holders.queries import holder_of
from wallet.holders.rules import uuid_in
from wallet.receipts.queries import own_receipt, own_side

SEALED_WITHIN_SECONDS = 120


class ReceiptEntrySerializer(serializers.Serializer[Any]):
    """My entry with its salt and fields, or the hash of another's."""

    salt = serializers.CharField(required=False)
    fields = serializers.ListField(  # type: ignore[assignment]
        child=serializers.CharField(allow_null=True), required=False
    )
    hash = serializers.CharField(required=False)


class ReceiptHeadSerializer(serializers.Serializer[Any]):
    """The signed head of the tree: its size, root, month if it ends one, time, key, signature."""

    size = serializers.IntegerField()
    root = serializers.CharField()  # type: ignore[assignment]
    month = serializers.CharField(allow_null=True)
    at = serializers.CharField()
    public_key = serializers.CharField()
    signature = serializers.CharField()


class ReceiptSerializer(serializers.Serializer[Any]):
    """What `verify_receipt.py` verifies, byte for byte as it is sent."""

    form = serializers.CharField()
    header = serializers.ListField(child=serializers.CharField(allow_null=True))
    entries = ReceiptEntrySerializer(many=True)
    position = serializers.IntegerField()
    path = serializers.ListField(child=serializers.CharField())
    head = ReceiptHeadSerializer()


class ReceiptWaitsSerializer(serializers.Serializer[Any]):
    """The transaction is posted and not sealed yet: ask again."""

    state = serializers.ChoiceField(choices=["waiting"])
    within_seconds = serializers.IntegerField()


class Receipt(APIView):
    """The receipt of a transaction of mine."""

    @extend_schema(
        operation_id="receipt",
        responses={200: ReceiptSerializer, 202: ReceiptWaitsSerializer},
    )
    def get(self, request: Request, transaction: str) -> HttpResponseBase:
        """Return the receipt, which shows my side only, once the transaction is sealed.

        The letters of the id are those of what was done: of `gft_…` for a gift sent.
        """
        holder, found = holder_of(request.user), uuid_in("txn", transaction)
        own_side(holder=holder, transaction=found)
        if has_receipt(found):
            receipt = own_receipt(holder=holder, transaction=found)
            return HttpResponse(receipt, content_type="application/json")
        waiting = {"state": "waiting", "within_seconds": SEALED_WITHIN_SECONDS}
        return Response(
            ReceiptWaitsSerializer(waiting).data,
            status=status.HTTP_202_ACCEPTED,
            headers={"Retry-After": "60"},
        )
