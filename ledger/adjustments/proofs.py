"""The proofs of adjustments and reversals."""

from pathlib import Path

from django.utils.translation import gettext_lazy as _

from ledger.registry import Proof

_SQL = Path(__file__).parent / "sql"

PROOFS = (
    Proof(
        name="two_persons",
        title=_("每笔调整和冲正的背后都有两个人，并与他们同意的一致"),
        sql=_SQL / "two_persons_v1.sql",
    ),
    Proof(
        name="reversals_are_opposites",
        title=_("每笔冲正都与被冲正的交易正好相反"),
        sql=_SQL / "reversals_are_opposites_v1.sql",
    ),
)
