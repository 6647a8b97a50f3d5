"""What must always be true of own data: nothing deposited or rolled that was not attested."""

from pathlib import Path

from ledger.registry import Proof

_SQL = Path(__file__).parent / "sql"

#: What was settled of deposits and take-backs, beside what was booked.
BOOKINGS = _SQL / "bookings_v1.sql"
PROOFS = (
    Proof(
        name="anti_loop",
        title="Nobody deposits or rolls more of a package than is attested",
        sql=_SQL / "anti_loop_v2.sql",
    ),
    Proof(
        name="take_backs",
        title="Take-backs on their way hold what they promise, ended ones nothing",
        sql=_SQL / "take_backs_v1.sql",
    ),
    Proof(
        name="deposited",
        title="What carriers took out of packages equals the deposits less the take-backs",
        sql=_SQL / "deposited_v2.sql",
    ),
    Proof(
        name="vouchers",
        title="Vouchers minted equal what was rolled, deposited or not",
        sql=_SQL / "vouchers_v2.sql",
    ),
    Proof(
        name="savings",
        title="Data saved as coins is the carrier's, and gave its coins to the last hundredth",
        sql=_SQL / "savings_v1.sql",
    ),
    Proof(
        name="only_own_data",
        title="Nothing topped up or bought is deposited or rolled",
        sql=_SQL / "only_own_data_v1.sql",
    ),
)
