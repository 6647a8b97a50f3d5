"""What must always be true of merchants' budgets."""

from pathlib import Path

from django.utils.translation import gettext_lazy as _

from ledger.registry import Proof

PROOFS = (
    Proof(
        name="merchants",
        title=_("每个商户的预算，是对它的拨款减去柜台码付出的币"),
        faults=(_("{address}：应有 {expected} 币，账上 {booked}"),),
        sql=Path(__file__).parent / "sql" / "merchants_v3.sql",
    ),
)
