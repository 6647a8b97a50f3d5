"""The ledger's own proofs. Apps add theirs through the registry."""

from pathlib import Path

from django.utils.translation import gettext_lazy as _

from ledger.registry import Proof

SQL = Path(__file__).parent / "sql"
ACCOUNTS = SQL / "accounts_v1.sql"
TRANSACTIONS = SQL / "transactions_v2.sql"

PROOFS = (
    Proof(
        name="assets_sum_to_zero",
        title=_("每个品种的分录合计为零"),
        faults=(_("{asset} 合计为 {total}"),),
        sql=ACCOUNTS,
        shared=True,
    ),
    Proof(
        name="transactions_balance",
        title=_("每笔交易借贷平衡，并与分录一一对应"),
        faults=(
            _("交易 {id} 有分录，没有交易"),
            _("交易 {id} 的分录不到两条"),
            _("交易 {id} 有别的月份的分录"),
            _("交易 {id} 合计不为零"),
        ),
        sql=TRANSACTIONS,
        sliced=True,
        shared=True,
    ),
    Proof(
        name="balances_equal_entries",
        title=_("每个余额等于它的分录之和"),
        faults=(_("{account} 余额 {balance}，分录合计 {total}"),),
        sql=ACCOUNTS,
        shared=True,
    ),
    Proof(
        name="chains_unbroken",
        title=_("每个余额都接着上一个余额"),
        faults=(_("{account} 的分录 {entry} 没有接着上一条"),),
        sql=ACCOUNTS,
        shared=True,
    ),
    Proof(
        name="bounds_hold",
        title=_("每个下限和上限都守住了"),
        faults=(_("{account} 曾经越过上下限"),),
        sql=ACCOUNTS,
        shared=True,
    ),
    Proof(
        name="legs_rehash",
        title=_("每笔交易的分录与它的指纹一致"),
        faults=(_("交易 {id} 的分录与它的指纹不符"),),
        sql=TRANSACTIONS,
        sliced=True,
        shared=True,
    ),
    Proof(
        name="people_hold_no_money",
        title=_("没有个人持有钱款；每个账户都合乎自己的种类"),
        faults=(_("{account} 不应该有"),),
        sql=SQL / "people_hold_no_money_v4.sql",
    ),
)
