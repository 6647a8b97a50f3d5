"""What must always be true of sponsors' and issuers' accounts."""

from pathlib import Path

from ledger.registry import Proof

_SQL = Path(__file__).parent / "sql"

PROOFS = (
    Proof(
        name="issuers",
        title="Each issuer owes the coins that were ordered from it and paid, or saved with it",
        sql=_SQL / "issuers_v6.sql",
    ),
    Proof(
        name="sponsors",
        title="Each sponsor's budget and debt follow from its orders and what it gave",
        sql=_SQL / "sponsors_v5.sql",
    ),
)
