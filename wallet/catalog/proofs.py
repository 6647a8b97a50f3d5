"""What must always be true of purchases."""

from pathlib import Path

from ledger.registry import Proof

_SQL = Path(__file__).parent / "sql"

#: What was settled of purchases, beside what was booked.
BOOKINGS = _SQL / "bookings_v1.sql"
PROOFS = (
    Proof(
        name="purchases",
        title="Purchases on their way hold what they promise, ended ones nothing",
        sql=_SQL / "purchases_v1.sql",
    ),
    Proof(
        name="partners_paid",
        title="Each partner is owed what it delivered, and paid only for points it took",
        sql=_SQL / "partners_paid_v1.sql",
    ),
    Proof(
        name="partners_decided",
        title="Purchases ended as their partners decided, and not before",
        sql=_SQL / "partners_decided_v1.sql",
    ),
)
