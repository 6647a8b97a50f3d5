"""What must always be true of conversions and deliveries."""

from pathlib import Path

from django.utils.translation import gettext_lazy as _

from ledger.registry import Proof

_SQL = Path(__file__).parent / "sql"

#: What was settled of conversions and deliveries, beside what was booked.
BOOKINGS = _SQL / "bookings_v1.sql"
PROOFS = (
    Proof(
        name="conversions",
        title=_("在途的换流量和流量发放托管着所承诺的，已结束的不留任何东西"),
        faults=(_("{address}：承诺 {promised} {asset}，托管着 {held}"),),
        sql=_SQL / "conversions_v1.sql",
    ),
    Proof(
        name="carriers_paid",
        title=_("欠每个运营商的，是它已发放的换流量的币"),
        faults=(_("{address}：已送达 {delivered} 币，账上 {booked}"),),
        sql=_SQL / "carriers_paid_v1.sql",
    ),
    Proof(
        name="carriers_decided",
        title=_("换流量和流量发放都按运营商的决定结束，不提前"),
        faults=(_("{address}：记为 {state}，运营商说 {decided}"),),
        sql=_SQL / "carriers_decided_v1.sql",
    ),
    Proof(
        name="data_delivered",
        title=_("每个运营商都发放了移给它的流量"),
        faults=(_("{address}：已送达 {delivered} {asset}，账上 {booked}"),),
        sql=_SQL / "data_delivered_v1.sql",
    ),
)
