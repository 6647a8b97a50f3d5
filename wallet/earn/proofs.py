"""What must always be true of earnings and of the campaigns that pay them."""

from pathlib import Path

from django.utils.translation import gettext_lazy as _

from ledger.registry import Proof

_SQL = Path(__file__).parent / "sql"

PROOFS = (
    Proof(
        name="earnings",
        title=_("每次做任务托管着它未完阶段的币"),
        faults=(_("{address}：待结算 {waiting} 币，托管着 {held}"),),
        sql=_SQL / "earnings_v1.sql",
    ),
    Proof(
        name="campaigns",
        title=_("每个活动的预算，都出自对它的拨款和做任务的发放"),
        faults=(_("{address}：应有 {expected} 币，实有 {held}"),),
        sql=_SQL / "campaigns_v3.sql",
    ),
)
