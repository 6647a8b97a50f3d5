"""Clearing in words: refusals, kinds and states of lines."""

from django.utils.translation import gettext_lazy as _

from ledger.registry import DeskLink
from wallet.clearing.models import ClearingLine, ClearingStep
from wallet.clearing.queries import statements_waiting

SENTENCES = {
    "statement_retired": _("这张月结单已经入账，不能再改。"),
    "line_left_out": _("这一行已移出本月，会出现在下一张月结单里。"),
    "nothing_disputed": _("这一行没有异议。"),
    "bad_clearing_text": _("请用 1 到 500 个字写明。"),
    "lines_open": _("还有 %(lines)s 行没有确认。"),
    "charge_disputed": _("另一家运营商对这些兑付的分摊有异议。"),
    "line_counted_on": _(
        "这一行是扣减，同月的兑付、以后月份的清算或已入账的月结单已经按它算过，不能再移到下月。请答复运营商，差额用调整补上，计入当月月结单。"
    ),
    "step_open": _("已经有人提出，等另一个人决定。"),
    "step_decided": _("这个提议已经决定了。"),
    "same_person": _("提出的人不能自己批准。"),
}
LINE_KINDS = {
    "convert_delivered": _("兑换流量已送达"),
    "proceeds": _("卖方手续费"),
    "fees": _("买方手续费"),
    "adjustment": _("调整"),
    "reversal": _("冲正"),
    "correction": _("更正"),
    "charge": _("本家发行的币被兑付"),
}
LINE_STATES = {
    ClearingLine.State.OPEN: _("待确认"),
    ClearingLine.State.CONFIRMED: _("已确认"),
    ClearingLine.State.DISPUTED: _("有异议"),
    ClearingLine.State.LEFT_OUT: _("移到下月"),
}
STEPS = {
    ClearingStep.Kind.RETIRE: _("入账"),
    ClearingStep.Kind.LEAVE_OUT: _("移到下月"),
}
DESK = DeskLink(
    title=_("运营商月结单"),
    url_name="admin:wallet_clearingstatement_changelist",
    permission="wallet.view_clearingstatement",
    waiting=statements_waiting,
)


def line_words(kind: str) -> str:
    """Say what a line of a statement is; a kind without words is named."""
    return str(LINE_KINDS.get(kind, kind))
