"""JSON: open a case about an entry, list and see one's cases."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework import generics, serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from wallet.cases.models import Case
from wallet.cases.operations import open_case
from wallet.cases.queries import case_of, cases_of
from wallet.cases.rules import TEXT_LENGTH_MAX
from wallet.holders.api import NewestFirst, TextField
from wallet.holders.idempotency import KEY_PARAMETER, idempotent
from wallet.holders.models import Holder
from wallet.holders.queries import holder_of
from wallet.holders.rules import entry_in, entry_name, opaque_id, uuid_in

ID = OpenApiParameter("id", str, OpenApiParameter.PATH)


class NewCaseSerializer(serializers.Serializer[Any]):
    """Which entry is doubted, and why."""

    entry = TextField(max_length=40)
    text = TextField(max_length=TEXT_LENGTH_MAX)


class CaseSerializer(serializers.Serializer[Case]):
    """A case of mine: what I asked, and what was answered once it was."""

    id = serializers.SerializerMethodField()
    entry = serializers.SerializerMethodField()
    transaction = serializers.SerializerMethodField()
    text = serializers.CharField()
    state = serializers.ChoiceField(choices=Case.State.choices)
    outcome = serializers.CharField()
    answer = serializers.CharField()
    opened_at = serializers.DateTimeField()
    answered_at = serializers.DateTimeField(allow_null=True)

    def get_id(self, case: Case) -> str:
        """Return the opaque id."""
        return opaque_id("cas", case.pk)

    def get_entry(self, case: Case) -> str:
        """Return the entry's id."""
        return entry_name(case.entry_id)

    def get_transaction(self, case: Case) -> str:
        """Return the transaction's id."""
        return opaque_id("txn", case.transaction_id)


class NewestCases(NewestFirst):
    """Pages of cases, the newest first."""

    ordering = ("-opened_at", "-id")


@extend_schema_view(get=extend_schema(operation_id="cases"))
class Cases(generics.ListAPIView[Case]):
    """My cases, the newest first."""

    serializer_class = CaseSerializer
    pagination_class = NewestCases

    def get_queryset(self) -> QuerySet[Case]:
        """Return my cases."""
        if getattr(self, "swagger_fake_view", False):
            return Case.objects.none()
        return cases_of(holder_of(self.request.user))

    @extend_schema(
        operation_id="open_case",
        request=NewCaseSerializer,
        responses={201: CaseSerializer},
        parameters=[KEY_PARAMETER],
    )
    @idempotent
    def post(self, request: Request, *, holder: Holder, key: UUID, now: datetime) -> Response:
        """Ask about an entry of mine; the answer comes to the inbox."""
        asked = NewCaseSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        entry, text = entry_in(asked.validated_data["entry"]), asked.validated_data["text"]
        case = open_case(holder=holder, entry_id=entry, text=text, key=key, now=now)
        return Response(CaseSerializer(case).data, status=201)


class OneCase(APIView):
    """A case of mine."""

    @extend_schema(operation_id="case", responses=CaseSerializer, parameters=[ID])
    def get(self, request: Request, id: str) -> Response:  # noqa: A002  the API's word
        """Return what I asked and what was answered."""
        case = case_of(holder=holder_of(request.user), case_id=uuid_in("cas", id))
        return Response(CaseSerializer(case).data)
