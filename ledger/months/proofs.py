"""The proofs of the months."""

from pathlib import Path

from django.utils.translation import gettext_lazy as _

from ledger.registry import Proof

_SQL = Path(__file__).parent / "sql"

PROOFS = (
    Proof(
        name="months_open_ahead",
        title=_("每个月都按次序开放，并有受保护的分区"),
        faults=(
            _("{month} 从来没有开放"),
            _("{month} 没有分区"),
            _("{month} 的分区可能被清空"),
        ),
        sql=_SQL / "months_open_ahead_v1.sql",
    ),
    Proof(
        name="closing_recomputed",
        title=_("每个已月结月份的余额，等于上月余额加本月分录"),
        faults=(_("{account} 在 {month} 的期末余额是 {kept}，分录合计 {owed}"),),
        sql=_SQL / "closing_recomputed_v1.sql",
    ),
)
