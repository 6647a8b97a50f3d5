"""What must always be true of sponsors' and issuers' accounts."""

from pathlib import Path

from django.utils.translation import gettext_lazy as _

from ledger.registry import Proof

_SQL = Path(__file__).parent / "sql"

PROOFS = (
    Proof(
        name="issuers",
        title=_("每个发行方所欠的币，是向它订购并已付款的，或由它存成币的"),
        faults=(_("{address}：订购或存成币而未清算的有 {issued} 币，账上 {booked}"),),
        sql=_SQL / "issuers_v7.sql",
    ),
    Proof(
        name="sponsors",
        title=_("每个赞助方的预算和欠款，都出自它的采购单和它给出的币"),
        faults=(_("{account}：应有 {expected}，账上 {booked}"),),
        sql=_SQL / "sponsors_v6.sql",
    ),
)
