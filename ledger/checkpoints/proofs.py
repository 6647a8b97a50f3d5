"""The proof of the checkpoints."""

from pathlib import Path

from ledger.registry import Proof

PROOFS = (
    Proof(
        name="checkpoints_recomputed",
        title="Every checkpoint is the sum of its entries",
        sql=Path(__file__).parent / "sql" / "checkpoints_recomputed_v2.sql",
    ),
)
