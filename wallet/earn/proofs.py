"""What must always be true of earnings and of the campaigns that pay them."""

from pathlib import Path

from ledger.registry import Proof

_SQL = Path(__file__).parent / "sql"

PROOFS = (
    Proof(
        name="earnings",
        title="Each earning holds the coins of its open stages",
        sql=_SQL / "earnings_v1.sql",
    ),
    Proof(
        name="campaigns",
        title="Each campaign's budget follows from its fundings and its earnings",
        sql=_SQL / "campaigns_v3.sql",
    ),
)
