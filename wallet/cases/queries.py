"""Reads of cases, and of the entry one is about."""

from uuid import UUID

from django.db.models import QuerySet

from ledger.models import Entry
from wallet.cases.models import Case
from wallet.holders.models import Holder
from wallet.holders.rules import UnknownId
from wallet.home.queries import entries_of


def cases_of(holder: Holder) -> QuerySet[Case]:
    """Return a holder's cases, newest first."""
    return Case.objects.filter(holder=holder).order_by("-opened_at", "-id")


def case_of(*, holder: Holder, case_id: UUID) -> Case:
    """Return one of a holder's cases.

    Raises:
        UnknownId: the holder has no such case.
    """
    found = cases_of(holder).filter(pk=case_id).first()
    if found is None:
        raise UnknownId("You have no such case.")
    return found


def own_entry(*, holder: Holder, entry_id: int) -> Entry:
    """Return an entry of a holder's wallet or lines.

    Raises:
        UnknownId: the holder has no such entry.
    """
    found = entries_of(holder).filter(pk=entry_id).first()
    if found is None:
        raise UnknownId("You have no such entry.")
    return found


def entry_of(case: Case) -> Entry:
    """Return the entry a case is about."""
    rows = Entry.objects.select_related("account", "transaction")
    return rows.get(transaction_id=case.transaction_id, pk=case.entry_id)


def open_case_on(*, holder: Holder, entry_id: int) -> Case | None:
    """Return the open case of a holder about an entry, if there is one."""
    return cases_of(holder).filter(entry_id=entry_id, state=Case.State.OPEN).first()


def cases_waiting() -> int:
    """Return how many cases nobody has answered."""
    return Case.objects.filter(state=Case.State.OPEN).count()
