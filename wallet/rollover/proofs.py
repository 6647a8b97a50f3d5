"""What must always be true of own data: nothing deposited or rolled that was not attested."""

from pathlib import Path

from django.utils.translation import gettext_lazy as _

from ledger.registry import Proof

_SQL = Path(__file__).parent / "sql"

#: What was settled of deposits and take-backs, beside what was booked.
BOOKINGS = _SQL / "bookings_v1.sql"
PROOFS = (
    Proof(
        name="anti_loop",
        title=_("没有人存入或结转超过套餐所证明的流量"),
        faults=(
            _(
                "号码 {number}，{month}，套餐 {package}：存入或结转 {mb} MB，证明剩下的只有 {left} MB"
            ),
        ),
        sql=_SQL / "anti_loop_v2.sql",
    ),
    Proof(
        name="take_backs",
        title=_("在途的取回托管着所承诺的，已结束的不留任何东西"),
        faults=(_("{address}：承诺 {promised} MB 的 {asset}，托管着 {held}"),),
        sql=_SQL / "take_backs_v1.sql",
    ),
    Proof(
        name="deposited",
        title=_("运营商从套餐取走的，等于存入减去取回"),
        faults=(_("{asset}：按存入是 {asked} MB，账上 {posted} MB"),),
        sql=_SQL / "deposited_v2.sql",
    ),
    Proof(
        name="vouchers",
        title=_("发出的流量券等于结转的流量，不论是否存入过"),
        faults=(_("{asset}：按结转是 {rolled} MB，账上 {posted} MB"),),
        sql=_SQL / "vouchers_v2.sql",
    ),
    Proof(
        name="savings",
        title=_("存成币的流量归运营商，所给的币精确到百分之一"),
        faults=(
            _("{asset}：存成币的有 {saved} MB，账上 {booked}"),
            _("持有人 {holder}，运营商 {carrier}：付了 {paid} 币，应付 {due}"),
        ),
        sql=_SQL / "savings_v1.sql",
    ),
    Proof(
        name="only_own_data",
        title=_("充值或买来的流量没有被存入或结转"),
        faults=(_("{row} 出自 {kind} 类的套餐"),),
        sql=_SQL / "only_own_data_v1.sql",
    ),
)
