"""A transaction's legs with what stands behind each, and what reversed it."""

from dataclasses import dataclass
from uuid import UUID

from ledger.models import Entry, Transaction
from ledger.queries import entries_of_transaction
from ledger.registry import Cause, cause_of


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
