"""The proofs of the seals."""

from pathlib import Path

from ledger.registry import Proof
from ledger.seals.queries import signatures_examined

PROOFS = (
    Proof(
        name="seals_rehash",
        title="Every sealed transaction is there, unchanged and in its place",
        sql=Path(__file__).parent / "sql" / "seals_rehash_v1.sql",
    ),
    Proof(
        name="seals_signed",
        title="Every head of the tree is signed",
        examine=signatures_examined,
    ),
)
