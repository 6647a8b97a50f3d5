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
        faults=(
            _("交易 {id} 封存在第 {position} 位，现在不见了"),
            _("交易 {id} 与第 {position} 位封存的不同"),
        ),
        sql=TRANSACTIONS,
        sliced=True,
        shared=True,
    ),
    Proof(
        name="seals_complete",
        title=_("没有交易从封存的背后混进来"),
        faults=(_("交易 {id} 是从封存的背后混进来的"),),
        sql=TRANSACTIONS,
        sliced=True,
        shared=True,
    ),
    Proof(
        name="seals_in_order",
        title=_("封存的交易按次序排列，一笔不少"),
        faults=(
            _("{size} 片叶子的树，末尾与所记的不同"),
            _("交易 {id} 排错了位置，在第 {position} 位"),
            _("第 {position} 位之前的叶子不见了"),
        ),
        sql=SQL / "seals_in_order_v2.sql",
    ),
    Proof(
        name="seals_tree",
        title=_("每个子树、树头和已月结的月份都能从叶子算出"),
        faults=(
            _("第 {level} 层的子树 {place} 算不出来"),
            _("第 {level} 层的子树不是 {size} 片叶子的树所有的"),
            _("大小为 {size} 的树头，根与树不同"),
            _("{month} 的根与树头不同"),
        ),
        sql=SQL / "seals_tree_v1.sql",
    ),
    Proof(
        name="seals_signed",
        title=_("每个树头都有签名"),
        faults=(_("大小为 {size} 的树头签名不对"),),
        examine=signatures_examined,
    ),
)
