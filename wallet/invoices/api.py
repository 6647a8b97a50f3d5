"""JSON: the invoices of an organisation I belong to, and what stands behind their lines."""

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field
from rest_framework import generics, serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from ledger.models import Entry
from ledger.rules import count_said, month_name
from wallet.holders.api import NewestFirst
from wallet.holders.models import User
from wallet.holders.rules import opaque_id, uuid_in
from wallet.invoices.models import Invoice, InvoiceLine, InvoiceShare
from wallet.invoices.queries import (
    budgets_of,
    charges_of,
    entries_behind,
    invoice_of,
    invoices_of,
    line_in,
    shares_of,
)
from wallet.invoices.rules import as_invoiced

ORGANISATION = OpenApiParameter("organisation", str, OpenApiParameter.PATH)
INVOICE = OpenApiParameter("invoice", str, OpenApiParameter.PATH)
LINE = OpenApiParameter("line", str, OpenApiParameter.PATH)
ROWS_MAX = 1_000


class InvoiceSerializer(serializers.Serializer[Invoice]):
    """What a month came to, in fen: due = due before + ordered + corrected − paid."""

    id = serializers.SerializerMethodField()
    month = serializers.SerializerMethodField()
    side = serializers.ChoiceField(choices=Invoice.Side.choices)
    made_at = serializers.DateTimeField()
    opening_fen = serializers.IntegerField()
    ordered_fen = serializers.IntegerField()
    corrected_fen = serializers.IntegerField()
    paid_fen = serializers.IntegerField()
    due_fen = serializers.IntegerField()
    coins = serializers.IntegerField()
    fen_per_1000 = serializers.IntegerField()

    def get_id(self, row: Invoice) -> str:
        """Return the opaque id."""
        return opaque_id("ivc", row.pk)

    def get_month(self, row: Invoice) -> str:
        """Return the month as 2026-11."""
        return month_name(row.month)


class InvoiceChargeSerializer(serializers.Serializer[InvoiceLine]):
    """A transaction that was charged: fen, and the coins ordered with it."""

    id = serializers.SerializerMethodField()
    kind = serializers.CharField()
    at = serializers.DateTimeField()
    issuer = serializers.CharField(source="issuer_id", allow_null=True)
    coins = serializers.IntegerField()
    fen = serializers.IntegerField(source="amount")

    def get_id(self, row: InvoiceLine) -> str:
        """Return the opaque id."""
        return opaque_id("ivl", row.pk)


class InvoiceBudgetSerializer(serializers.Serializer[InvoiceLine]):
    """What one kind of transactions moved in one budget in the month."""

    id = serializers.SerializerMethodField()
    address = serializers.CharField()
    asset = serializers.CharField()
    kind = serializers.CharField()
    amount = serializers.IntegerField()
    transactions = serializers.IntegerField()

    def get_id(self, row: InvoiceLine) -> str:
        """Return the opaque id."""
        return opaque_id("ivl", row.pk)


class InvoiceShareSerializer(serializers.Serializer[InvoiceShare]):
    """What one issuer owes a merchant, for which coins."""

    issuer = serializers.CharField(source="issuer_id")
    coins = serializers.IntegerField()
    fen = serializers.IntegerField()


class WholeInvoiceSerializer(InvoiceSerializer):
    """An invoice with its lines: what was charged, what budgets did, which issuers pay."""

    charges = serializers.SerializerMethodField()
    budgets = serializers.SerializerMethodField()
    shares = serializers.SerializerMethodField()

    @extend_schema_field(InvoiceChargeSerializer(many=True))
    def get_charges(self, row: Invoice) -> Any:
        """Return what a sponsor was charged."""
        rows: Any = charges_of(row)
        return InvoiceChargeSerializer(rows, many=True).data

    @extend_schema_field(InvoiceBudgetSerializer(many=True))
    def get_budgets(self, row: Invoice) -> Any:
        """Return what moved in the budgets."""
        rows: Any = budgets_of(row)
        return InvoiceBudgetSerializer(rows, many=True).data

    @extend_schema_field(InvoiceShareSerializer(many=True))
    def get_shares(self, row: Invoice) -> Any:
        """Return who owes a merchant what."""
        rows: Any = shares_of(row)
        return InvoiceShareSerializer(rows, many=True).data


class NewestMonth(NewestFirst):
    """The newest month first."""

    ordering = ("-month", "-id")


class Invoices(generics.ListAPIView[Invoice]):
    """Invoices of an organisation I belong to."""

    serializer_class = InvoiceSerializer
    pagination_class = NewestMonth

    def get_queryset(self) -> QuerySet[Invoice]:
        """Return the organisation's own, newest first."""
        if getattr(self, "swagger_fake_view", False):
            return Invoice.objects.none()
        asked = uuid_in("hld", str(self.kwargs["organisation"]))
        return invoices_of(user=_user(self.request), organisation_id=asked)

    @extend_schema(operation_id="invoices", parameters=[ORGANISATION])
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """List them, the newest first."""
        return super().get(request, *args, **kwargs)


class OneInvoice(APIView):
    """One invoice of an organisation I belong to."""

    @extend_schema(
        operation_id="invoice",
        responses=WholeInvoiceSerializer,
        parameters=[ORGANISATION, INVOICE],
    )
    def get(self, request: Request, organisation: str, invoice: str) -> Response:
        """Return its sums and its lines."""
        return Response(WholeInvoiceSerializer(_invoice(request, organisation, invoice)).data)


class InvoicedSerializer(serializers.Serializer[Entry]):
    """A transaction behind a line, and what it moved (coins, MB or fen, as the invoice has it)."""

    transaction = serializers.SerializerMethodField()
    kind = serializers.CharField(source="transaction.kind")
    at = serializers.DateTimeField(source="transaction.at")
    amount = serializers.SerializerMethodField()

    def get_amount(self, row: Entry) -> int:
        """Return what it moved, with the invoice's sign."""
        return as_invoiced(row.amount, asset=row.account.asset)

    def get_transaction(self, row: Entry) -> str:
        """Return the opaque id."""
        return opaque_id("txn", row.transaction_id)


class InvoiceTransactions(APIView):
    """What a line of an invoice resolves to."""

    @extend_schema(
        operation_id="invoice_transactions",
        responses=InvoicedSerializer(many=True),
        parameters=[ORGANISATION, INVOICE, LINE, OpenApiParameter("after", int)],
    )
    def get(self, request: Request, organisation: str, invoice: str, line: str) -> Response:
        """Return its transactions, a thousand at a time: `after` is how many were read."""
        found = _invoice(request, organisation, invoice)
        own = line_in(invoice=found, line_id=uuid_in("ivl", line))
        skip = count_said(request.query_params.get("after", ""), digits=9)
        rows: Any = entries_behind(own)[skip : skip + ROWS_MAX]
        return Response(InvoicedSerializer(rows, many=True).data)


def _user(request: Request) -> User:
    assert isinstance(request.user, User)
    return request.user


def _invoice(request: Request, organisation: str, invoice: str) -> Invoice:
    return invoice_of(
        user=_user(request),
        organisation_id=uuid_in("hld", organisation),
        invoice_id=uuid_in("ivc", invoice),
    )
