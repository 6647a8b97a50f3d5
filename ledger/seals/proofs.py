"""The proofs of the seals."""

from pathlib import Path

from django.utils.translation import gettext_lazy as _

from ledger.proofs.proofs import TRANSACTIONS
from ledger.registry import Proof
from ledger.seals.queries import signatures_examined

SQL = Path(__file__).parent / "sql"

PROOFS = (
    Proof(
        name="seals_rehash",
        title=_("每笔封存的交易都在，而且没有改动"),
        sql=TRANSACTIONS,
        sliced=True,
        shared=True,
    ),
    Proof(
        name="seals_complete",
        title=_("没有交易从封存的背后混进来"),
        sql=TRANSACTIONS,
        sliced=True,
        shared=True,
    ),
    Proof(
        name="seals_in_order",
        title=_("封存的交易按次序排列，一笔不少"),
        sql=SQL / "seals_in_order_v2.sql",
    ),
    Proof(
        name="seals_tree",
        title=_("每个子树、树头和已月结的月份都能从叶子算出"),
        sql=SQL / "seals_tree_v1.sql",
    ),
    Proof(
        name="seals_signed",
        title=_("每个树头都有签名"),
        examine=signatures_examined,
    ),
)
