"""Cases in words: refusals, answers, outcomes."""

from django.utils.translation import gettext_lazy as _

from ledger.registry import DeskLink
from wallet.cases.models import Case
from wallet.cases.queries import cases_waiting

SENTENCES = {
    "bad_case_text": _("请用 1 到 500 个字写明哪里有疑问。"),
    "case_already_open": _("这笔记录您已经问过，答复会发到消息里。"),
    "too_many_cases": _("还有 %(cases_max)s 个疑问没有答复，请等答复后再问。"),
    "case_answered": _("这个疑问已经有答复了。"),
}
NOTICES = {
    "case_right": _("您问的那笔记录没有错。%(answer)s"),
    "case_corrected": _("您问的那笔记录已经更正。%(answer)s"),
    "case_explained": _("您的疑问有答复了：%(answer)s"),
}
NOTICE_PAGES = dict.fromkeys(NOTICES, ("cas", "case"))
STATES = {Case.State.OPEN: _("等待答复"), Case.State.ANSWERED: _("已答复")}
OUTCOMES = {
    Case.Outcome.RIGHT: _("记录没有错"),
    Case.Outcome.CORRECTED: _("已经更正"),
    Case.Outcome.EXPLAINED: _("说明"),
}
DESK = DeskLink(
    title=_("用户的疑问"),
    url_name="admin:wallet_case_changelist",
    permission="wallet.view_case",
    waiting=cases_waiting,
)
