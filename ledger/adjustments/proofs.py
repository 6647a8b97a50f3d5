"""The proofs of adjustments and reversals."""

from pathlib import Path

from django.utils.translation import gettext_lazy as _

from ledger.registry import Proof

_SQL = Path(__file__).parent / "sql"

PROOFS = (
    Proof(
        name="two_persons",
        title=_("每笔调整和冲正的背后都有两个人，并与他们同意的一致"),
        faults=(
            _("交易 {id} 批准了，没有入账"),
            _("交易 {id} 没有获批的提议"),
            _("交易 {id} 由同一个人提议和批准"),
            _("交易 {id} 不是在有效期内批准的"),
            _("交易 {id} 与批准的不同"),
            _("交易 {id} 动的账与批准的不同"),
        ),
        sql=_SQL / "two_persons_v1.sql",
    ),
    Proof(
        name="reversals_are_opposites",
        title=_("每笔冲正都与被冲正的交易正好相反"),
        faults=(
            _("冲正 {id} 没有冲正任何交易"),
            _("冲正 {id} 与被冲正的交易不是正好相反"),
        ),
        sql=_SQL / "reversals_are_opposites_v1.sql",
    ),
)
