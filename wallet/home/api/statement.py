"""JSON: the statement of one of my accounts."""

from datetime import date
from typing import Any

from django.core import signing
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param
from rest_framework.views import APIView

from ledger.rules import COIN, SHANGHAI, account_id, count_said
from ledger.statements.queries import (
    Line,
    Statement,
    is_settled,
    statement_after,
    statement_before,
)
from ledger.statements.rules import Place, day_begins, day_ends, place_name, place_named
from wallet.holders.models import Holder
from wallet.holders.queries import holder_of, line_of, main_of, number_of
from wallet.holders.rules import entry_name, opaque_id, uuid_in

ASSET_LENGTH_MAX = 40
PACKAGE_LENGTH_MAX = 64
LINES_DEFAULT, LINES_MAX = 50, 200
YEARS = (2000, 2999)
CURSOR_SALT = "statement"
CURSOR = OpenApiParameter("cursor", str)
LIMIT = OpenApiParameter("limit", int)


class AskedSerializer(serializers.Serializer[Any]):
    """Which account (coins unless another asset; a number's package if one is named), and when."""

    asset = serializers.CharField(default=COIN, max_length=ASSET_LENGTH_MAX)
    number = serializers.CharField(required=False, max_length=ASSET_LENGTH_MAX)
    package = serializers.CharField(required=False, max_length=PACKAGE_LENGTH_MAX)
    since = serializers.DateField(required=False, help_text="Asia/Shanghai; this month's first")
    until = serializers.DateField(required=False, help_text="Asia/Shanghai, counted; today")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Refuse a package without its number, and a range that ends before it begins."""
        if ("number" in attrs) != ("package" in attrs):
            raise serializers.ValidationError("A number and its package are named together.")
        today = timezone.now().astimezone(SHANGHAI).date()
        until: date = attrs.setdefault("until", max(today, attrs.get("since", today)))
        since: date = attrs.setdefault("since", until.replace(day=1))
        if since > until:
            raise serializers.ValidationError("The last day comes before the first.")
        if since.year < YEARS[0] or until.year > YEARS[1]:
            raise serializers.ValidationError("These days are in no book.")
        return attrs


class StatementLineSerializer(serializers.Serializer[Line]):
    """A line: its signed amount and the balance after it.

    `booked_by_close` tells that the month's close booked it, later than its time says: it stands
    at the end of the month it closed.
    """

    id = serializers.SerializerMethodField()
    transaction = serializers.SerializerMethodField()
    kind = serializers.CharField()
    at = serializers.DateTimeField()
    amount = serializers.IntegerField()
    balance = serializers.IntegerField()
    booked_by_close = serializers.BooleanField(source="is_closing")

    def get_id(self, line: Line) -> str:
        """Return the entry's opaque id."""
        return entry_name(line.place.entry)

    def get_transaction(self, line: Line) -> str:
        """Return the transaction's opaque id."""
        return opaque_id("txn", line.transaction)


class StatementSerializer(serializers.Serializer[Any]):
    """A page of a statement, the oldest line first.

    `final` tells that the last month is closed: until then more may be booked in the range.
    """

    asset = serializers.CharField()
    since = serializers.DateField()
    until = serializers.DateField()
    opening = serializers.IntegerField()
    closing = serializers.IntegerField()
    final = serializers.BooleanField()
    next = serializers.CharField(allow_null=True)
    previous = serializers.CharField(allow_null=True)
    results = StatementLineSerializer(many=True)


class MyStatement(APIView):
    """The statement of one of my accounts."""

    @extend_schema(
        operation_id="statement",
        responses=StatementSerializer,
        parameters=[AskedSerializer, CURSOR, LIMIT],
    )
    def get(self, request: Request) -> Response:
        """Return opening and closing balance of a range of days, and its lines, a page at a time."""
        asked = AskedSerializer(data=request.query_params)
        asked.is_valid(raise_exception=True)
        found = asked.validated_data
        address = _address(holder_of(request.user), found)
        page = _page(request, address, found)
        address_of_page = request.build_absolute_uri()
        answer = {
            **{name: found[name] for name in ("asset", "since", "until")},
            "opening": page.opening,
            "closing": page.closing,
            "final": is_settled(until=day_ends(found["until"])),
            "next": _link(address_of_page, "after", page.after),
            "previous": _link(address_of_page, "before", page.before),
            "results": page.lines,
        }
        return Response(StatementSerializer(answer).data)


def _address(holder: Holder, asked: dict[str, Any]) -> str:
    if "number" not in asked:
        return main_of(holder)
    number = number_of(holder=holder, number_id=uuid_in("num", asked["number"]))
    return line_of(number=number, package=asked["package"])


def _page(request: Request, address: str, asked: dict[str, Any]) -> Statement:
    account = account_id(address=address, asset=asked["asset"])
    since, until = day_begins(asked["since"]), day_ends(asked["until"])
    limit = _limit(request.query_params.get("limit", ""))
    cursor = request.query_params.get("cursor")
    if cursor is None:
        return statement_after(account, since=since, until=until, limit=limit)
    way, place = _place_in(cursor)
    page = statement_after if way == "after" else statement_before
    return page(account, place=place, since=since, until=until, limit=limit)


def _limit(text: str) -> int:
    """Return how many lines are asked for; nonsense asks for the usual, as in every list."""
    return min(count_said(text, digits=9), LINES_MAX) or LINES_DEFAULT


def _place_in(cursor: str) -> tuple[str, Place]:
    try:
        way, name = signing.loads(cursor, salt=CURSOR_SALT)
    except signing.BadSignature as error:
        raise NotFound("Invalid cursor") from error
    return way, place_named(name)


def _link(address: str, way: str, place: Place | None) -> str | None:
    if place is None:
        return None
    text = signing.dumps([way, place_name(place)], salt=CURSOR_SALT)
    return replace_query_param(address, "cursor", text)
