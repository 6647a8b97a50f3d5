"""What must always be true of conversions and deliveries."""

from pathlib import Path

from ledger.registry import Proof

_SQL = Path(__file__).parent / "sql"

#: What was settled of conversions and deliveries, beside what was booked.
BOOKINGS = _SQL / "bookings_v1.sql"
PROOFS = (
    Proof(
        name="conversions",
        title="Conversions and deliveries on their way hold what they promise, ended ones nothing",
        sql=_SQL / "conversions_v1.sql",
    ),
    Proof(
        name="carriers_paid",
        title="Each carrier is owed the coins of the conversions it delivered",
        sql=_SQL / "carriers_paid_v1.sql",
    ),
    Proof(
        name="carriers_decided",
        title="Conversions and deliveries ended as their carriers decided, and not before",
        sql=_SQL / "carriers_decided_v1.sql",
    ),
    Proof(
        name="data_delivered",
        title="Each carrier delivered the data that was moved to it",
        sql=_SQL / "data_delivered_v1.sql",
    ),
)
