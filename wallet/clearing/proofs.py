"""What must always be true of clearings."""

from pathlib import Path

from django.utils.translation import gettext_lazy as _

from ledger.registry import Proof

_SQL = Path(__file__).parent / "sql"

PROOFS = (
    Proof(
        name="statements_resolve",
        title=_("每家运营商的月结单，就是它当月交易所兑付的"),
        sql=_SQL / "statements_resolve_v1.sql",
    ),
    Proof(
        name="redemptions_charged",
        title=_("每家运营商兑付的币，一枚不差地记给各发行方，只记一次"),
        sql=_SQL / "redemptions_charged_v1.sql",
    ),
    Proof(
        name="statements_booked",
        title=_("已入账的月结单按原样入账，由两个人办理；此外没有别的入账"),
        sql=_SQL / "statements_booked_v2.sql",
    ),
)
