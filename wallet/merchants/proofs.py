"""What must always be true of merchants' budgets."""

from pathlib import Path

from ledger.registry import Proof

PROOFS = (
    Proof(
        name="merchants",
        title="Each merchant's budget is its funding less what its codes paid",
        sql=Path(__file__).parent / "sql" / "merchants_v3.sql",
    ),
)
