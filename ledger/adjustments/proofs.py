"""The proofs of adjustments and reversals."""

from pathlib import Path

from ledger.registry import Proof

_SQL = Path(__file__).parent / "sql"

PROOFS = (
    Proof(
        name="two_persons",
        title="Two persons stand behind every adjustment and reversal, and it is what they agreed",
        sql=_SQL / "two_persons_v1.sql",
    ),
    Proof(
        name="reversals_are_opposites",
        title="Every reversal is the exact opposite of what it reverses",
        sql=_SQL / "reversals_are_opposites_v1.sql",
    ),
)
