"""What must hold between orders, trades and the ledger."""

from pathlib import Path

from ledger.registry import Proof

SQL = Path(__file__).parent / "sql"

PROOFS = (
    Proof(
        name="orders_hold_what_they_say",
        title="Every order holds the goods, or the price and fee cover, of its open lots",
        sql=SQL / "orders_hold_what_they_say_v2.sql",
    ),
    Proof(
        name="sold_equals_bought",
        title="For each carrier and month, SURPLUS sold equals DATA bought",
        sql=SQL / "sold_equals_bought_v1.sql",
    ),
    Proof(
        name="trades_are_posted",
        title="Every trade has its transaction, with its price, lots and cover",
        sql=SQL / "trades_are_posted_v1.sql",
    ),
)
