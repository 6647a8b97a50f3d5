"""What an auditor asks of an account or a transaction: what is in it, and how it got there."""

from dataclasses import dataclass
from uuid import UUID

from ledger.models import Account, Entry, Transaction
from ledger.queries import amount_at, entries_of_transaction
from ledger.registry import Cause, cause_of

ENTRIES_SHOWN = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class ExplainedLeg:
    """One entry of a transaction with what stands behind its address."""

    entry: Entry
    cause: Cause | None


def legs_of(transaction: UUID) -> list[ExplainedLeg]:
    """Return a transaction's entries, each with its cause."""
    return [
        ExplainedLeg(entry=entry, cause=cause_of(entry.account.address))
        for entry in entries_of_transaction(transaction)
    ]


def reversal_of(transaction: Transaction) -> Transaction | None:
    """Return the transaction that reversed this one, if any."""
    return Transaction.objects.filter(reverses=transaction.pk).first()


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
