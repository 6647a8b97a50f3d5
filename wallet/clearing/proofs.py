"""What must always be true of clearings."""

from pathlib import Path

from ledger.registry import Proof

_SQL = Path(__file__).parent / "sql"

PROOFS = (
    Proof(
        name="statements_resolve",
        title="Each carrier's statement of a month is what its transactions of the month redeemed",
        sql=_SQL / "statements_resolve_v1.sql",
    ),
    Proof(
        name="redemptions_charged",
        title="What each carrier redeemed is charged to issuers, to the coin, once",
        sql=_SQL / "redemptions_charged_v1.sql",
    ),
    Proof(
        name="statements_booked",
        title="Retired statements are booked as they stand, by two persons, and no other is",
        sql=_SQL / "statements_booked_v2.sql",
    ),
)
