"""Reads of contacts, always of one holder's."""

from uuid import UUID

from django.db.models import Q, QuerySet

from wallet.contacts.models import Contact
from wallet.holders.models import Holder
from wallet.holders.rules import UnknownId


def contacts_of(holder: Holder, *, like: str = "") -> QuerySet[Contact]:
    """Return a holder's contacts, those last added first; or those whose name or number has this."""
    found = Contact.objects.filter(owner=holder).order_by("-added_at", "-id")
    if like:
        found = found.filter(Q(name__icontains=like) | Q(msisdn__contains=like))
    return found


def contact_of(*, holder: Holder, contact_id: UUID) -> Contact:
    """Return one of a holder's contacts.

    Raises:
        UnknownId: the holder has no such contact.
    """
    found = Contact.objects.filter(owner=holder, pk=contact_id).first()
    if found is None:
        raise UnknownId("You have no such contact.")
    return found


def names_by_number(holder: Holder) -> dict[str, str]:
    """Return what a holder calls the numbers it keeps."""
    return dict(Contact.objects.filter(owner=holder).values_list("msisdn", "name"))
