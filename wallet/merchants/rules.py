"""A merchant's address in the ledger."""

from uuid import UUID


def merchant_budget(merchant_id: UUID) -> str:
    """Return the address of the coins a merchant may still hand out."""
    return f"merchant/{merchant_id}/budget"
