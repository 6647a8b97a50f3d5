"""JSON: usage files that a carrier hands in."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field
from rest_framework import generics, serializers
from rest_framework.request import Request
from rest_framework.response import Response

from wallet.holders.api import NewestFirst, TextField
from wallet.holders.idempotency import KEY_PARAMETER, idempotent
from wallet.holders.models import Holder
from wallet.holders.rules import opaque_id, uuid_in
from wallet.offices.api.console import CARRIER, user_asking
from wallet.offices.models import UsageUpload
from wallet.offices.operations import upload_usage
from wallet.offices.queries import managed_office, office_of, upload_of, uploads_of
from wallet.offices.rules import BODY_CHARACTERS_MAX


class NewUploadSerializer(serializers.Serializer[Any]):
    """A usage file: its name, and its lines as they are."""

    name = TextField(max_length=255)
    content = TextField(max_length=BODY_CHARACTERS_MAX, trim_whitespace=False)


class UsageErrorSerializer(serializers.Serializer[Any]):
    """A line that could not be read, and why."""

    line = serializers.IntegerField()
    error = serializers.CharField()


class UploadSerializer(serializers.Serializer[UsageUpload]):
    """A usage file that was handed in, and what became of its lines."""

    id = serializers.SerializerMethodField()
    name = serializers.CharField()
    uploaded_at = serializers.DateTimeField()
    lines = serializers.IntegerField()
    loaded = serializers.IntegerField()
    unchanged = serializers.IntegerField()
    breaks = serializers.IntegerField()
    bad_lines = serializers.IntegerField()
    faults = serializers.SerializerMethodField()

    def get_id(self, row: UsageUpload) -> str:
        """Return the opaque id."""
        return opaque_id("upl", row.pk)

    @extend_schema_field(UsageErrorSerializer(many=True))
    def get_faults(self, row: UsageUpload) -> list[dict[str, Any]]:
        """Return the first bad lines."""
        return [{"line": line, "error": error} for line, error in row.errors]


class NewestUploaded(NewestFirst):
    """Newest first, by when they were handed in."""

    ordering = ("-uploaded_at", "-id")


class Uploads(generics.ListAPIView[UsageUpload]):
    """Usage files that a carrier I speak for handed in; a new one is loaded at once."""

    serializer_class = UploadSerializer
    pagination_class = NewestUploaded

    def get_queryset(self) -> QuerySet[UsageUpload]:
        """Return the carrier's own, newest first."""
        if getattr(self, "swagger_fake_view", False):
            return UsageUpload.objects.none()
        office, _role = office_of(
            user=user_asking(self.request), carrier=str(self.kwargs["carrier"])
        )
        return uploads_of(office.carrier_id)

    @extend_schema(operation_id="usage_uploads", parameters=[CARRIER])
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """List them, the newest first."""
        return super().get(request, *args, **kwargs)

    @extend_schema(
        operation_id="upload_usage",
        request=NewUploadSerializer,
        responses={201: UploadSerializer},
        parameters=[CARRIER, KEY_PARAMETER],
    )
    @idempotent
    def post(
        self, request: Request, *, holder: Holder, key: UUID, now: datetime, carrier: str
    ) -> Response:
        """Load a usage file, and say what became of its lines and what was wrong with which."""
        user = user_asking(request)
        office = managed_office(user=user, carrier=carrier)
        asked = NewUploadSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        row = upload_usage(
            carrier=office.carrier,
            name=asked.validated_data["name"],
            content=asked.validated_data["content"].encode(),
            by=user,
            key=key,
            now=now,
        )
        return Response(UploadSerializer(row).data, status=201)


class OneUpload(generics.RetrieveAPIView[UsageUpload]):
    """One usage file that was handed in."""

    serializer_class = UploadSerializer

    def get_object(self) -> UsageUpload:
        """Return the carrier's own."""
        office, _role = office_of(
            user=user_asking(self.request), carrier=str(self.kwargs["carrier"])
        )
        return upload_of(
            carrier=office.carrier_id, upload_id=uuid_in("upl", str(self.kwargs["upload"]))
        )

    @extend_schema(
        operation_id="usage_upload",
        parameters=[CARRIER, OpenApiParameter("upload", str, OpenApiParameter.PATH)],
    )
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Return what became of its lines, and the first that could not be read."""
        return super().get(request, *args, **kwargs)
