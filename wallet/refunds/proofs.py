"""What must always be true of refund lists."""

from pathlib import Path

from ledger.registry import Proof

PROOFS = (
    Proof(
        name="cash_refunds",
        title="Refund lists equal the coins that went back to their issuers, and what was paid",
        sql=Path(__file__).parent / "sql" / "refunds_v1.sql",
    ),
)
