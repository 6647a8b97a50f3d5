"""The proofs of the months."""

from pathlib import Path

from ledger.registry import Proof

_SQL = Path(__file__).parent / "sql"

PROOFS = (
    Proof(
        name="months_open_ahead",
        title="Every month is open in its turn, with its guarded partition",
        sql=_SQL / "months_open_ahead_v1.sql",
    ),
    Proof(
        name="closing_recomputed",
        title="Every closed month's balances are the month before's and its entries",
        sql=_SQL / "closing_recomputed_v1.sql",
    ),
)
