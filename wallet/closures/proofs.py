"""What must always be true of wallets that ended."""

from pathlib import Path

from django.utils.translation import gettext_lazy as _

from ledger.registry import Proof

PROOFS = (
    Proof(
        name="left_behind",
        title=_("已注销的钱包放弃的币，在发行方收回之前都在 system/left"),
        faults=(_("放弃而没有收回的有 {coins} 币，账上 {booked}"),),
        sql=Path(__file__).parent / "sql" / "left_v1.sql",
    ),
)
