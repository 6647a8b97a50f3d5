"""What must always be true of red packets."""

from pathlib import Path

from django.utils.translation import gettext_lazy as _

from ledger.registry import Proof

_SQL = Path(__file__).parent / "sql"

PROOFS = (
    Proof(
        name="packets",
        title=_("每个红包托管着还没人拆的份，已结束的不留任何东西"),
        faults=(_("{address}：没人拆的有 {free} 币，托管着 {held}"),),
        sql=_SQL / "packets_v1.sql",
    ),
    Proof(
        name="packet_shares",
        title=_("红包拆开的每一份都付了一次，付给拆开的人"),
        faults=(_("{address}：拆开 {opened} 币，付了 {paid}"),),
        sql=_SQL / "packet_entries_v1.sql",
    ),
)
