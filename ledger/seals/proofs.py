"""The proofs of the seals."""

from pathlib import Path

from ledger.proofs.rules import TRANSACTIONS
from ledger.registry import Proof
from ledger.seals.queries import signatures_examined

SQL = Path(__file__).parent / "sql"

PROOFS = (
    Proof(
        name="seals_rehash",
        title="Every sealed transaction is there and unchanged",
        sql=TRANSACTIONS,
        sliced=True,
        shared=True,
    ),
    Proof(
        name="seals_complete",
        title="No transaction was slipped in behind the seals",
        sql=TRANSACTIONS,
        sliced=True,
        shared=True,
    ),
    Proof(
        name="seals_in_order",
        title="Sealed transactions stand in their order, none taken out",
        sql=SQL / "seals_in_order_v2.sql",
    ),
    Proof(
        name="seals_tree",
        title="Every subtree, head and closed month follows from the leaves",
        sql=SQL / "seals_tree_v1.sql",
    ),
    Proof(
        name="seals_signed",
        title="Every head of the tree is signed",
        examine=signatures_examined,
    ),
)
