"""What must always be true of sponsors' and issuers' accounts."""

from pathlib import Path

from django.utils.translation import gettext_lazy as _

from ledger.registry import Proof

_SQL = Path(__file__).parent / "sql"

PROOFS = (
    Proof(
        name="issuers",
        title=_("每个发行方所欠的币，是向它订购并已付款的，或由它存成币的"),
        sql=_SQL / "issuers_v6.sql",
    ),
    Proof(
        name="sponsors",
        title=_("每个赞助方的预算和欠款，都出自它的采购单和它给出的币"),
        sql=_SQL / "sponsors_v5.sql",
    ),
)
