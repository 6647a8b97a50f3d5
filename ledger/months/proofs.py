"""The proof of the months."""

from pathlib import Path

from ledger.registry import Proof

PROOFS = (
    Proof(
        name="months_open_ahead",
        title="Every month is open in its turn, with its guarded partition",
        sql=Path(__file__).parent / "sql" / "months_open_ahead_v1.sql",
    ),
)
