"""What must always be true of clearings."""

from pathlib import Path

from django.utils.translation import gettext_lazy as _

from ledger.registry import Proof

_SQL = Path(__file__).parent / "sql"

PROOFS = (
    Proof(
        name="statements_resolve",
        title=_("每家运营商的月结单，就是它当月交易所兑付的"),
        faults=(_("{line}：账上 {booked} 币，月结单里 {said}"),),
        sql=_SQL / "statements_resolve_v1.sql",
    ),
    Proof(
        name="redemptions_charged",
        title=_("每家运营商兑付的币，一枚不差地记给各发行方，只记一次"),
        faults=(
            _("{statement}：兑付 {redeemed} 币，记给发行方 {charged}"),
            _("行 {line}：留下 {coins} 币，带来 {brought}"),
        ),
        sql=_SQL / "redemptions_charged_v1.sql",
    ),
    Proof(
        name="nobody_asked_for_more",
        title=_("清算不向任何发行方多要：记给它的，不多于它当时所欠的"),
        faults=(
            _("发行方 {issuer}，{month}：清算认作欠 {said} 币，账上欠 {booked}"),
            _("发行方 {issuer}，{month}：别家记给它 {charged} 币，它欠 {owed}"),
            _("{month}：多记 {beyond} 币，没有人欠的只有 {borne}"),
        ),
        sql=_SQL / "nobody_asked_for_more_v1.sql",
    ),
    Proof(
        name="statements_booked",
        title=_("已入账的月结单按原样入账，由两个人办理；此外没有别的入账"),
        faults=(
            _(
                "月结单 {statement}，发行方 {issuer}：写的是 {coins} 币、{fen} 分，账上 {booked_coins} 币、{booked_fen} 分"
            ),
            _("月结单 {statement} 入账没有经过两个人"),
        ),
        sql=_SQL / "statements_booked_v2.sql",
    ),
)
