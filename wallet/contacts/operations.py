"""Keep a friend's name and number, many at once, and forget them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from ledger.refusals import Refusal
from wallet.carriers.rules import normalised
from wallet.contacts.models import Contact
from wallet.contacts.queries import contact_of
from wallet.contacts.rules import CONTACTS_MAX, LIST_LENGTH_MAX, is_name, pasted
from wallet.holders.models import Holder
from wallet.holders.operations import BadName, lock_holder


class TooManyContacts(Refusal):
    """A holder keeps at most 2,000 contacts."""

    code = "too_many_contacts"


class ListTooLong(Refusal):
    """A pasted list is at most 100,000 letters long."""

    code = "list_too_long"
    status = 422


class NobodyInList(Refusal):
    """In no line of a pasted list a number could be read."""

    code = "nobody_in_list"
    status = 422


@dataclass(frozen=True, slots=True)
class Import:
    """What came of a pasted list: how many were new, renamed, and the lines nobody could read."""

    added: int
    renamed: int
    unread: tuple[str, ...]


@transaction.atomic
def add_contact(*, owner: Holder, name: str, msisdn: str, now: datetime) -> Contact:
    """Keep a friend's number under a name; a number that is kept already gets the new name.

    Raises:
        BadName: the name is not 1 to 64 letters in one line.
        MsisdnUnreadable: it is not a mainland mobile number.
        TooManyContacts: the holder keeps as many as one may.
    """
    name = name.strip()
    if not is_name(name):
        raise BadName("A name is between 1 and 64 characters.")
    msisdn = normalised(typed=msisdn)
    _keep(owner=owner, names={msisdn: name}, now=now)
    return Contact.objects.get(owner=owner, msisdn=msisdn)


@transaction.atomic
def import_contacts(*, owner: Holder, text: str, now: datetime) -> Import:
    """Keep every friend of a pasted list, or none when they would be too many.

    Raises:
        ListTooLong: the list has more than 100,000 letters.
        NobodyInList: nothing in it could be read.
        TooManyContacts: the holder would keep more than one may.
    """
    if len(text) > LIST_LENGTH_MAX:
        raise ListTooLong("Paste at most 100,000 letters at once.")
    found = pasted(text)
    if not found.names:
        raise NobodyInList("No line of the list has a mobile number.")
    added, renamed = _keep(owner=owner, names=found.names, now=now)
    return Import(added=added, renamed=renamed, unread=found.unread)


@transaction.atomic
def remove_contact(*, owner: Holder, contact_id: UUID) -> Contact:
    """Forget a contact, and return what it was.

    Raises:
        UnknownId: the holder has no such contact.
    """
    lock_holder(owner)
    contact = contact_of(holder=owner, contact_id=contact_id)
    Contact.objects.filter(pk=contact.pk).delete()
    return contact


def _keep(*, owner: Holder, names: Mapping[str, str], now: datetime) -> tuple[int, int]:
    """Keep names by number; return how many are new and how many were called otherwise."""
    holder = lock_holder(owner)
    kept = Contact.objects.filter(owner=holder)
    before = dict(kept.filter(msisdn__in=names).values_list("msisdn", "name"))
    new = [msisdn for msisdn in names if msisdn not in before]
    if new and kept.count() + len(new) > CONTACTS_MAX:
        raise TooManyContacts(f"You may keep {CONTACTS_MAX} contacts.", most=CONTACTS_MAX)
    renamed = [msisdn for msisdn, name in before.items() if names[msisdn] != name]
    rows = [
        Contact(owner=holder, name=names[msisdn], msisdn=msisdn, added_at=now)
        for msisdn in [*new, *renamed]
    ]
    Contact.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["owner", "msisdn"],
        update_fields=["name"],
        batch_size=500,
    )
    return len(new), len(renamed)
