"""What must always be true of gifts."""

from pathlib import Path

from ledger.registry import Proof

_SQL = Path(__file__).parent / "sql"

PROOFS = (
    Proof(
        name="gifts",
        title="Each open gift holds what it promises, and no ended one holds anything",
        sql=_SQL / "gifts_v1.sql",
    ),
)
