"""What must hold between orders, trades and the ledger."""

from pathlib import Path

from django.utils.translation import gettext_lazy as _

from ledger.registry import Proof

SQL = Path(__file__).parent / "sql"

PROOFS = (
    Proof(
        name="events_wait_or_had_their_turn",
        title=_("日志里的每件事，要么还在等，要么处理过一次"),
        faults=(_("日志第 {id} 件事既不在等也没有处理过，或者两样都有"),),
        sql=SQL / "events_wait_or_had_their_turn_v1.sql",
    ),
    Proof(
        name="offers_within_their_bound",
        title=_("每个号码在市场里挂出的流量，不多于它的挂单记下的上界"),
        faults=(_("号码 {number}，市场 {book}：挂出 {offered} MB，记下的上界是 {bound} MB"),),
        sql=SQL / "offers_within_their_bound_v1.sql",
    ),
    Proof(
        name="orders_hold_what_they_say",
        title=_("每张挂单托管着未成交手数的货，或价款和手续费预留"),
        faults=(_("{address} 托管着 {held}，应为 {said}"),),
        sql=SQL / "orders_hold_what_they_say_v2.sql",
    ),
    Proof(
        name="sold_equals_bought",
        title=_("每家运营商每个月，卖出的 SURPLUS 等于买入的 DATA"),
        faults=(_("{goods}：system/sold 的 SURPLUS 与 DATA 合计为 {total}"),),
        sql=SQL / "sold_equals_bought_v1.sql",
    ),
    Proof(
        name="trades_are_posted",
        title=_("每笔成交都有自己的交易，价格、手数和预留都相符"),
        faults=(_("成交 {id} 与入账的不同"),),
        sql=SQL / "trades_are_posted_v1.sql",
    ),
)
