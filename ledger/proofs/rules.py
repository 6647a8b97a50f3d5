"""The ledger's own proofs. Apps add theirs through the registry."""

from pathlib import Path

from ledger.registry import Proof

SQL = Path(__file__).parent / "sql"
ACCOUNTS = SQL / "accounts_v1.sql"
TRANSACTIONS = SQL / "transactions_v2.sql"

PROOFS = (
    Proof(
        name="assets_sum_to_zero",
        title="Every asset's entries sum to zero",
        sql=ACCOUNTS,
        shared=True,
    ),
    Proof(
        name="transactions_balance",
        title="Every transaction balances and is paired with its entries",
        sql=TRANSACTIONS,
        sliced=True,
        shared=True,
    ),
    Proof(
        name="balances_equal_entries",
        title="Every balance equals its entries",
        sql=ACCOUNTS,
        shared=True,
    ),
    Proof(
        name="chains_unbroken",
        title="Every balance follows from the one before",
        sql=ACCOUNTS,
        shared=True,
    ),
    Proof(
        name="bounds_hold",
        title="Every floor and ceiling holds",
        sql=ACCOUNTS,
        shared=True,
    ),
    Proof(
        name="legs_rehash",
        title="Every transaction's entries are its legs",
        sql=TRANSACTIONS,
        sliced=True,
        shared=True,
    ),
    Proof(
        name="people_hold_no_money",
        title="No person holds money; every account is of its kind",
        sql=SQL / "people_hold_no_money_v4.sql",
    ),
)
