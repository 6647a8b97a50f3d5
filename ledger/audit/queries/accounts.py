"""An account: its balance, what it is for, and its newest entries."""

from dataclasses import dataclass

from ledger.models import Account, Entry
from ledger.queries import amount_at
from ledger.registry import Cause, cause_of

ENTRIES_SHOWN = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountView:
    """An account as an auditor sees it: its balance (whole units), cause, and newest entries.

    `older_than` is the id to ask for the next older entries with; None at the end.
    """

    balance: int
    cause: Cause | None
    entries: list[Entry]
    older_than: int | None


def account_view(account: Account, *, before: int | None = None) -> AccountView:
    """Return an account's balance and its entries, newest first, from below an entry id."""
    rows = Entry.objects.filter(account=account).select_related("transaction").order_by("-id")
    if before is not None:
        rows = rows.filter(id__lt=before)
    entries = list(rows[: ENTRIES_SHOWN + 1])
    shown = entries[:ENTRIES_SHOWN]
    return AccountView(
        balance=amount_at(account.address, account.asset),
        cause=cause_of(account.address),
        entries=shown,
        older_than=shown[-1].id if len(entries) > ENTRIES_SHOWN else None,
    )
