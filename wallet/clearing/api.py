"""JSON: my carrier's month statements, what stands behind their lines, and what I say of them."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field
from rest_framework import generics, serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from ledger.models import Entry
from ledger.rules import count_said, month_name
from wallet.clearing.models import ClearingLine, ClearingStatement
from wallet.clearing.operations import confirm_lines, dispute_line
from wallet.clearing.queries import (
    entries_behind,
    line_in,
    lines_of,
    references_of,
    statement_of,
    statements_of,
    sums_of,
)
from wallet.clearing.rules import TEXT_LENGTH_MAX
from wallet.holders.api import NewestFirst, TextField
from wallet.holders.idempotency import KEY_PARAMETER, idempotent
from wallet.holders.models import Holder, User
from wallet.holders.rules import opaque_id, uuid_in
from wallet.offices.queries import managed_office, office_of

CARRIER = OpenApiParameter("carrier", str, OpenApiParameter.PATH)
STATEMENT = OpenApiParameter("statement", str, OpenApiParameter.PATH)
LINE = OpenApiParameter("line", str, OpenApiParameter.PATH)


class MonthStatementSerializer(serializers.Serializer[ClearingStatement]):
    """A month's statement, and how many of its lines wait for a word or an answer."""

    id = serializers.SerializerMethodField()
    month = serializers.SerializerMethodField()
    made_at = serializers.DateTimeField()
    lines_open = serializers.IntegerField()
    lines_disputed = serializers.IntegerField()
    retired_at = serializers.DateTimeField(allow_null=True)

    def get_id(self, row: ClearingStatement) -> str:
        """Return the opaque id."""
        return opaque_id("stm", row.pk)

    def get_month(self, row: ClearingStatement) -> str:
        """Return the month as 2026-11."""
        return month_name(row.clearing_id)


class ClearingLineSerializer(serializers.Serializer[ClearingLine]):
    """A line: what the carrier redeemed on a day, or its coins that a carrier redeemed."""

    id = serializers.SerializerMethodField()
    side = serializers.ChoiceField(choices=ClearingLine.Side.choices)
    kind = serializers.CharField()
    account = serializers.CharField()
    month = serializers.SerializerMethodField()
    day = serializers.DateField(allow_null=True)
    counterpart = serializers.CharField(source="counterpart_id", allow_null=True)
    coins = serializers.IntegerField()
    fen = serializers.IntegerField()
    transactions = serializers.IntegerField()
    state = serializers.ChoiceField(choices=ClearingLine.State.choices)
    reason = serializers.CharField()
    answer = serializers.CharField()

    def get_id(self, row: ClearingLine) -> str:
        """Return the opaque id."""
        return opaque_id("stl", row.pk)

    def get_month(self, row: ClearingLine) -> str:
        """Return the month the transactions are of, as 2026-11."""
        return month_name(row.month)


class SumsSerializer(serializers.Serializer[Any]):
    """What a statement comes to, in coins and fen; below zero the carrier pays."""

    credit_coins = serializers.IntegerField()
    credit_fen = serializers.IntegerField()
    charge_coins = serializers.IntegerField()
    charge_fen = serializers.IntegerField()
    own_coins = serializers.IntegerField()
    net_fen = serializers.IntegerField()


class WholeStatementSerializer(MonthStatementSerializer):
    """A month's statement with its sums and its lines."""

    sums = serializers.SerializerMethodField()
    lines = serializers.SerializerMethodField()

    @extend_schema_field(SumsSerializer)
    def get_sums(self, row: ClearingStatement) -> Any:
        """Return what it comes to."""
        return SumsSerializer(sums_of(row)).data

    @extend_schema_field(ClearingLineSerializer(many=True))
    def get_lines(self, row: ClearingStatement) -> Any:
        """Return every line."""
        rows: Any = lines_of(row)
        return ClearingLineSerializer(rows, many=True).data


class NewestMonth(NewestFirst):
    """The newest month first."""

    ordering = ("-clearing", "-id")


class Statements(generics.ListAPIView[ClearingStatement]):
    """Month statements of a carrier I speak for."""

    serializer_class = MonthStatementSerializer
    pagination_class = NewestMonth

    def get_queryset(self) -> QuerySet[ClearingStatement]:
        """Return the carrier's own, newest first."""
        if getattr(self, "swagger_fake_view", False):
            return ClearingStatement.objects.none()
        return statements_of(_carrier(self.request, str(self.kwargs["carrier"])))

    @extend_schema(operation_id="carrier_statements", parameters=[CARRIER])
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """List them, the newest first."""
        return super().get(request, *args, **kwargs)


class OneStatement(APIView):
    """One month's statement of a carrier I speak for."""

    @extend_schema(
        operation_id="carrier_statement",
        responses=WholeStatementSerializer,
        parameters=[CARRIER, STATEMENT],
    )
    def get(self, request: Request, carrier: str, statement: str) -> Response:
        """Return its lines and what they come to."""
        found = _statement(_carrier(request, carrier), statement)
        return Response(WholeStatementSerializer(found).data)


class ConfirmStatement(APIView):
    """A carrier's word that what is open of a statement is right."""

    @extend_schema(
        operation_id="confirm_statement",
        request=None,
        responses=WholeStatementSerializer,
        parameters=[CARRIER, STATEMENT, KEY_PARAMETER],
    )
    @idempotent
    def post(
        self,
        request: Request,
        *,
        holder: Holder,
        key: UUID,
        now: datetime,
        carrier: str,
        statement: str,
    ) -> Response:
        """Confirm every open line."""
        office = managed_office(user=_user(request), carrier=carrier)
        found = _statement(office.carrier_id, statement)
        confirm_lines(statement=found, lines=[], by=_user(request), now=now)
        return Response(WholeStatementSerializer(_statement(office.carrier_id, statement)).data)


class ConfirmLine(APIView):
    """A carrier's word that a line is right."""

    @extend_schema(
        operation_id="confirm_line",
        request=None,
        responses=ClearingLineSerializer,
        parameters=[CARRIER, STATEMENT, LINE, KEY_PARAMETER],
    )
    @idempotent
    def post(
        self,
        request: Request,
        *,
        holder: Holder,
        key: UUID,
        now: datetime,
        carrier: str,
        statement: str,
        line: str,
    ) -> Response:
        """Confirm the line, whatever was said of it before."""
        office = managed_office(user=_user(request), carrier=carrier)
        found = _line(office.carrier_id, statement, line)
        confirm_lines(statement=found.statement, lines=[found.pk], by=_user(request), now=now)
        return Response(ClearingLineSerializer(_line(office.carrier_id, statement, line)).data)


class DisputedSerializer(serializers.Serializer[Any]):
    """Why a line is not right."""

    reason = TextField(max_length=TEXT_LENGTH_MAX)


class DisputeLine(APIView):
    """A carrier's word that a line is not right."""

    @extend_schema(
        operation_id="dispute_line",
        request=DisputedSerializer,
        responses=ClearingLineSerializer,
        parameters=[CARRIER, STATEMENT, LINE, KEY_PARAMETER],
    )
    @idempotent
    def post(
        self,
        request: Request,
        *,
        holder: Holder,
        key: UUID,
        now: datetime,
        carrier: str,
        statement: str,
        line: str,
    ) -> Response:
        """Dispute the line; the statement waits until it is answered and confirmed, or left out."""
        office = managed_office(user=_user(request), carrier=carrier)
        found = _line(office.carrier_id, statement, line)
        asked = DisputedSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        reason = asked.validated_data["reason"]
        row = dispute_line(line=found, reason=reason, by=_user(request), now=now)
        return Response(ClearingLineSerializer(row).data)


class BehindSerializer(serializers.Serializer[Entry]):
    """A transaction a line resolves to, its coins, and the reference the carrier knows."""

    transaction = serializers.SerializerMethodField()
    kind = serializers.CharField(source="transaction.kind")
    at = serializers.DateTimeField(source="transaction.at")
    coins = serializers.IntegerField(source="amount")
    reference = serializers.SerializerMethodField()

    def get_transaction(self, row: Entry) -> str:
        """Return the opaque id."""
        return opaque_id("txn", row.transaction_id)

    def get_reference(self, row: Entry) -> str:
        """Return our reference of what was delivered, where the line is the carrier's own."""
        return str(self.context["references"].get(row.transaction_id, ""))


class LineTransactions(APIView):
    """What a line of a statement resolves to."""

    @extend_schema(
        operation_id="line_transactions",
        responses=BehindSerializer(many=True),
        parameters=[CARRIER, STATEMENT, LINE, OpenApiParameter("after", int)],
    )
    def get(self, request: Request, carrier: str, statement: str, line: str) -> Response:
        """Return its transactions, a thousand at a time: `after` is how many were read."""
        found = _line(_carrier(request, carrier), statement, line)
        skip = count_said(request.query_params.get("after", ""), digits=9)
        rows: Any = list(entries_behind(found)[skip : skip + 1_000])
        own = found.side == ClearingLine.Side.CREDIT
        references = references_of(rows) if own else {}
        return Response(BehindSerializer(rows, many=True, context={"references": references}).data)


def _user(request: Request) -> User:
    assert isinstance(request.user, User)
    return request.user


def _carrier(request: Request, carrier: str) -> str:
    office, _role = office_of(user=_user(request), carrier=carrier)
    return office.carrier_id


def _statement(carrier: str, statement: str) -> ClearingStatement:
    return statement_of(carrier=carrier, statement_id=uuid_in("stm", statement))


def _line(carrier: str, statement: str, line: str) -> ClearingLine:
    return line_in(statement=_statement(carrier, statement), line_id=uuid_in("stl", line))
