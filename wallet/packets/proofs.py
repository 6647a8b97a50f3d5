"""What must always be true of red packets."""

from pathlib import Path

from django.utils.translation import gettext_lazy as _

from ledger.registry import Proof

_SQL = Path(__file__).parent / "sql"

PROOFS = (
    Proof(
        name="packets",
        title=_("每个红包托管着还没人拆的份，已结束的不留任何东西"),
        sql=_SQL / "packets_v1.sql",
    ),
    Proof(
        name="packet_shares",
        title=_("红包拆开的每一份都付了一次，付给拆开的人"),
        sql=_SQL / "packet_entries_v1.sql",
    ),
)
