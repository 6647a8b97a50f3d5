"""What must always be true of purchases."""

from pathlib import Path

from django.utils.translation import gettext_lazy as _

from ledger.registry import Proof

_SQL = Path(__file__).parent / "sql"

#: What was settled of purchases, beside what was booked.
BOOKINGS = _SQL / "bookings_v1.sql"
PROOFS = (
    Proof(
        name="purchases",
        title=_("在途的换购托管着所承诺的，已结束的不留任何东西"),
        faults=(_("{address}：承诺 {promised} 币，托管着 {held}"),),
        sql=_SQL / "purchases_v1.sql",
    ),
    Proof(
        name="partners_paid",
        title=_("欠每个合作方的是它已交付的，积分只按收到的付币"),
        faults=(_("{address}：应有 {expected} 币，账上 {booked}"),),
        sql=_SQL / "partners_paid_v1.sql",
    ),
    Proof(
        name="partners_decided",
        title=_("换购都按合作方的决定结束，不提前"),
        faults=(_("{address}：记为 {state}，合作方说 {decided}"),),
        sql=_SQL / "partners_decided_v1.sql",
    ),
)
