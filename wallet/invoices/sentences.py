"""Invoices in words: what each kind moved in a budget, and what is due to whom."""

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

LINE_KINDS = {
    "purchase_order": _("采购的币"),
    "campaign_funding": _("拨给活动"),
    "merchant_funding": _("拨给商户"),
    "packet_send": _("发出红包"),
    "packet_return": _("红包退回"),
    "task_start": _("任务开始，币已留出"),
    "task_lapse": _("任务没有做完，退回"),
    "merchant_code": _("柜台码发给顾客"),
    "purchase_delivered": _("卖出的商品，收到的币"),
    "points_in": _("积分换币，币已留出"),
    "points_in_returned": _("积分换币没有成功，退回"),
    "wind_down_refund": _("停止服务，列入退款清单"),
    "adjustment": _("调整"),
    "reversal": _("冲正"),
    "correction": _("更正"),
}
NOTICES = {
    "invoice_ready": _("“%(organisation)s”%(month)s 的账单出来了，没有要付的款。"),
    "invoice_due": _("“%(organisation)s”%(month)s 的账单出来了，应付 %(yuan)s 元。"),
    "invoice_credit": _("“%(organisation)s”%(month)s 的账单出来了，应收 %(yuan)s 元。"),
}
NOTICE_PAGES = dict.fromkeys(NOTICES, ("ivc", "own_invoice"))
PLACES = {
    "sponsor/budget": _("还没投放的预算"),
    "campaign/budget": _("活动"),
    "merchant/budget": _("商户预算"),
    "merchant/payable": _("卖商品收到的币"),
}


def line_words(kind: str, *, address: str) -> str:
    """Say what a line is, to whom has the budget; a kind without words is named."""
    if kind == "merchant_funding" and address.startswith("merchant/"):
        return str(_("赞助方拨来"))
    return str(LINE_KINDS.get(kind, kind))


def due_words(*, side: str, fen: int) -> str:
    """Say to whose invoice it is: a merchant gets a sum; a sponsor pays it, or gets it back."""
    if side == "merchant":
        return str(_("应收"))
    return str(_("应退给您") if fen < 0 else _("应付"))


def due_words_for_staff(*, side: str, fen: int) -> str:
    """Say the same to staff, for whom nothing of it is theirs."""
    if side == "merchant":
        return str(_("应付商户"))
    return str(_("应退赞助方") if fen < 0 else _("赞助方应付"))


def place_words(address: str, *, named: Mapping[str, str]) -> str:
    """Say where a budget lies, with its name where it has one; a place without words is named."""
    kind, _owner, place = address.split("/", 2)
    words = str(PLACES.get(f"{kind}/{place}", address))
    return f"{words} · {named[address]}" if address in named else words
