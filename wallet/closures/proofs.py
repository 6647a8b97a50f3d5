"""What must always be true of wallets that ended."""

from pathlib import Path

from ledger.registry import Proof

PROOFS = (
    Proof(
        name="left_behind",
        title="What closed wallets gave up lies in system/left until issuers take it back",
        sql=Path(__file__).parent / "sql" / "left_v1.sql",
    ),
)
