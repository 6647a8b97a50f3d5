"""JSON: what moved in my wallet and on the lines of my numbers."""

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field
from rest_framework import generics, serializers
from rest_framework.request import Request
from rest_framework.response import Response

from ledger.models import Entry
from ledger.rules import month_name, month_named
from wallet.holders.api import NewestFirst
from wallet.holders.queries import holder_of
from wallet.holders.rules import entry_name, opaque_id
from wallet.home.queries import entries_in, last_entries_of

MONTH = OpenApiParameter("month", str, description="2026-11; all months, unless one is named")


class OwnEntrySerializer(serializers.Serializer[Entry]):
    """What a transaction moved in one account of mine: a signed amount.

    `account` is `main`, `debt`, `proceeds/2026-11` and the like; what lies on a number's line
    names the number and its package instead. `balance_after` is null where none is kept.
    """

    id = serializers.SerializerMethodField()
    account = serializers.SerializerMethodField()
    number = serializers.SerializerMethodField()
    package = serializers.SerializerMethodField()
    asset = serializers.CharField(source="account.asset")
    amount = serializers.IntegerField()
    balance_after = serializers.IntegerField(allow_null=True)

    def get_id(self, entry: Entry) -> str:
        """Return the entry's opaque id."""
        return entry_name(entry.pk)

    def get_account(self, entry: Entry) -> str | None:
        """Return which account of my wallet it is."""
        kind, _mine, rest = entry.account.address.split("/", 2)
        return rest if kind == "holder" else None

    def get_number(self, entry: Entry) -> str | None:
        """Return the number's opaque id."""
        kind, number, _rest = entry.account.address.split("/", 2)
        return opaque_id("num", UUID(number)) if kind == "line" else None

    def get_package(self, entry: Entry) -> str | None:
        """Return the package's name."""
        kind, _number, rest = entry.account.address.split("/", 2)
        return rest if kind == "line" else None


class OwnTransactionSerializer(serializers.Serializer[Entry]):
    """A transaction with what it moved in my accounts; what it moved elsewhere is not mine."""

    id = serializers.SerializerMethodField()
    kind = serializers.CharField(source="transaction.kind")
    month = serializers.SerializerMethodField()
    at = serializers.DateTimeField(source="transaction.at")
    reverses = serializers.SerializerMethodField()
    entries = serializers.SerializerMethodField()

    def get_id(self, entry: Entry) -> str:
        """Return the transaction's opaque id."""
        return opaque_id("txn", entry.transaction_id)

    def get_month(self, entry: Entry) -> str:
        """Return whose month's books it stands in."""
        return month_name(entry.month)

    def get_reverses(self, entry: Entry) -> str | None:
        """Return the opaque id of what it reverses."""
        reversed_one = entry.transaction.reverses_id
        return opaque_id("txn", reversed_one) if reversed_one else None

    @extend_schema_field(OwnEntrySerializer(many=True))
    def get_entries(self, entry: Entry) -> Any:
        """Return my side of it."""
        own = self.context["own"][entry.transaction_id]
        return OwnEntrySerializer(own, many=True).data


class NewestPosted(NewestFirst):
    """Pages of transactions, the last posted first."""

    ordering = ("-id",)


class MyTransactions(generics.ListAPIView[Entry]):
    """My transactions, the last posted first."""

    serializer_class = OwnTransactionSerializer
    pagination_class = NewestPosted

    def get_queryset(self) -> QuerySet[Entry]:
        """Return, of each transaction of mine, my last entry.

        Raises:
            ValidationError: the month asked for is none.
        """
        if getattr(self, "swagger_fake_view", False):
            return Entry.objects.none()
        name = self.request.query_params.get("month", "")
        try:
            month = month_named(name) if name else None
        except ValueError as error:
            raise serializers.ValidationError({"month": ["A month reads 2026-11."]}) from error
        return last_entries_of(holder_of(self.request.user), month=month)

    @extend_schema(
        operation_id="my_transactions",
        parameters=[MONTH],
    )
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Return a page of my transactions, each with my side of it."""
        page = self.paginate_queryset(self.get_queryset()) or []
        own = entries_in(page, holder=holder_of(request.user))
        rows = [OwnTransactionSerializer(entry, context={"own": own}).data for entry in page]
        return self.get_paginated_response(rows)
