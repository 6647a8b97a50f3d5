"""The ledger's own proofs. Apps add theirs through the registry."""

from pathlib import Path

from ledger.registry import Proof

SQL = Path(__file__).parent / "sql"

PROOFS = (
    Proof(
        name="assets_sum_to_zero",
        title="Every asset's entries sum to zero",
        sql=SQL / "assets_sum_to_zero_v2.sql",
    ),
    Proof(
        name="transactions_balance",
        title="Every transaction balances and is paired with its entries",
        sql=SQL / "transactions_balance_v2.sql",
        sliced=True,
    ),
    Proof(
        name="balances_equal_entries",
        title="Every balance equals its entries",
        sql=SQL / "balances_equal_entries_v2.sql",
    ),
    Proof(
        name="chains_unbroken",
        title="Every balance follows from the one before",
        sql=SQL / "chains_unbroken_v2.sql",
    ),
    Proof(
        name="bounds_hold",
        title="Every floor and ceiling holds",
        sql=SQL / "bounds_hold_v1.sql",
    ),
    Proof(
        name="legs_rehash",
        title="Every transaction's entries are its legs",
        sql=SQL / "legs_rehash_v2.sql",
        sliced=True,
    ),
    Proof(
        name="people_hold_no_money",
        title="No person holds money; every account is of its kind",
        sql=SQL / "people_hold_no_money_v3.sql",
    ),
)
