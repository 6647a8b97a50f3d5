"""What must always be true of gifts."""

from pathlib import Path

from django.utils.translation import gettext_lazy as _

from ledger.registry import Proof

_SQL = Path(__file__).parent / "sql"

PROOFS = (
    Proof(
        name="gifts",
        title=_("未领的礼物各自托管着所承诺的，已结束的不留任何东西"),
        faults=(_("{address}：承诺 {promised} {asset}，托管着 {held}"),),
        sql=_SQL / "gifts_v1.sql",
    ),
)
