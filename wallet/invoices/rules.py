"""Addresses of what was invoiced, the ids of a month's invoices, and who owes merchants what."""

from collections.abc import Mapping
from datetime import date
from uuid import UUID

from ledger.rules import CNY, derived_month_id
from wallet.clearing.rules import apportioned

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


def shared_in_turn(
    taken: Mapping[UUID, int], *, outstanding: Mapping[str, int]
) -> dict[UUID, dict[str, int]]:
    """Share what merchants took (coins) among issuers, merchant by merchant in the order of ids.

    Each is shared in proportion to what the ones before left of what each issuer owes: shared by
    the same weights every time, ties would ask more of an issuer than it owes. What nobody owes
    is left out. A merchant that is to give coins back gives them to what issuers owe.
    """
    left = dict(outstanding)
    shares = {}
    for merchant, coins in sorted(taken.items()):
        parts = apportioned(min(coins, sum(left.values())), weights=left)
        if parts:
            shares[merchant] = parts
            left = {issuer: owed - parts.get(issuer, 0) for issuer, owed in left.items()}
    return shares
