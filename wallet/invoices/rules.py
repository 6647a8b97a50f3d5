"""Addresses of what was invoiced, and the ids of a month's invoices."""

from datetime import date
from uuid import UUID

from ledger.rules import CNY, derived_month_id

FIRST_ID, LAST_ID = UUID(int=0), UUID(int=2**128 - 1)


def sponsor_paid(sponsor_id: UUID) -> str:
    """Return the address of what a sponsor paid for its orders and was invoiced, in fen."""
    return f"sponsor/{sponsor_id}/paid"


def merchant_earned(merchant_id: UUID) -> str:
    """Return the address of what issuers owe a merchant for coins it took, in fen."""
    return f"merchant/{merchant_id}/earned"


def as_invoiced(amount: int, *, asset: str) -> int:
    """Return an entry's amount as an invoice says it: what an account owes is below zero there."""
    return -amount if asset == CNY else amount


def invoice_id(*, month: date, side: str, subject: UUID) -> UUID:
    """Return the id of a subject's invoice of a month, which its posting bears too."""
    return derived_month_id(month, "invoice", side, subject)
