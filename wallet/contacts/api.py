"""JSON: keep, list, import and remove contacts."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework import generics, serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from wallet.contacts.models import Contact
from wallet.contacts.operations import add_contact, import_contacts, remove_contact
from wallet.contacts.queries import contacts_of
from wallet.contacts.rules import LIST_LENGTH_MAX, NAME_LENGTH_MAX
from wallet.holders.api import NewestFirst, TextField
from wallet.holders.idempotency import KEY_PARAMETER, idempotent
from wallet.holders.models import Holder
from wallet.holders.queries import holder_of
from wallet.holders.rules import opaque_id, uuid_in

ID = OpenApiParameter("id", str, OpenApiParameter.PATH)


class NewContactSerializer(serializers.Serializer[Any]):
    """A friend to keep; a number that is kept already gets the new name."""

    name = TextField(max_length=NAME_LENGTH_MAX)
    msisdn = TextField(max_length=40)


class ContactSerializer(serializers.Serializer[Contact]):
    """A friend I keep."""

    id = serializers.SerializerMethodField()
    name = serializers.CharField()
    msisdn = serializers.CharField()
    added_at = serializers.DateTimeField()

    def get_id(self, contact: Contact) -> str:
        """Return the opaque id."""
        return opaque_id("ctc", contact.pk)


class PastedSerializer(serializers.Serializer[Any]):
    """A list of names and numbers, a friend to a line, in either order."""

    text = TextField(max_length=LIST_LENGTH_MAX)


class ImportSerializer(serializers.Serializer[Any]):
    """What came of a list."""

    added = serializers.IntegerField()
    renamed = serializers.IntegerField()
    unread = serializers.ListField(child=serializers.CharField())


class NewestContacts(NewestFirst):
    """Pages of contacts, those last added first."""

    ordering = ("-added_at", "-id")


@extend_schema_view(get=extend_schema(operation_id="contacts"))
class Contacts(generics.ListAPIView[Contact]):
    """The contacts I keep."""

    serializer_class = ContactSerializer
    pagination_class = NewestContacts

    def get_queryset(self) -> QuerySet[Contact]:
        """Return my contacts."""
        if getattr(self, "swagger_fake_view", False):
            return Contact.objects.none()
        return contacts_of(holder_of(self.request.user))

    @extend_schema(
        operation_id="add_contact",
        request=NewContactSerializer,
        responses={201: ContactSerializer},
        parameters=[KEY_PARAMETER],
    )
    @idempotent
    def post(self, request: Request, *, holder: Holder, key: UUID, now: datetime) -> Response:
        """Keep a friend's number under a name."""
        asked = NewContactSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        contact = add_contact(owner=holder, **asked.validated_data, now=now)
        return Response(ContactSerializer(contact).data, status=201)


class ImportContacts(APIView):
    """Keep many at once."""

    @extend_schema(
        operation_id="import_contacts",
        request=PastedSerializer,
        responses=ImportSerializer,
        parameters=[KEY_PARAMETER],
    )
    @idempotent
    def post(self, request: Request, *, holder: Holder, key: UUID, now: datetime) -> Response:
        """Keep every friend of a pasted list, and tell which lines could not be read."""
        asked = PastedSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        done = import_contacts(owner=holder, text=asked.validated_data["text"], now=now)
        return Response(ImportSerializer(done).data)


class RemoveContact(APIView):
    """Forget one."""

    @extend_schema(
        operation_id="remove_contact",
        request=None,
        responses=ContactSerializer,
        parameters=[ID, KEY_PARAMETER],
    )
    @idempotent
    def post(
        self,
        request: Request,
        *,
        holder: Holder,
        key: UUID,
        now: datetime,
        id: str,  # noqa: A002  the API's word
    ) -> Response:
        """Forget a contact."""
        contact = remove_contact(owner=holder, contact_id=uuid_in("ctc", id))
        return Response(ContactSerializer(contact).data)
