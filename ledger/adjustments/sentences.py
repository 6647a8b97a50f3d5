"""What staff read: why an adjustment was refused, how a proposal stands, what each act is called."""

from collections.abc import Sequence

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from ledger.adjustments.queries import Effect
from ledger.refusals import Refusal
from ledger.registry import ways_back

SENTENCES: dict[str, str | Promise] = {
    "adjustment_limit_passed": _(
        "角色 %(role)s 的限额是 %(max)s，今天已经用了 %(used)s。再多要由更高的角色来办。"
    ),
    "adjustment_reason_missing": _("请用至少 10 个字写明理由。"),
    "adjustment_role_missing": _("您没有办这件事的角色。"),
    "attachment_too_long": _("附件太长。请写明原件放在哪里。"),
    "bad_adjustment_limit": _("每天的限额不能低于每次的；开放天数只属于提议，而且提议必须有。"),
    "escrow_not_allowed": _("这里动到了为一件事留出的账户，要由更高的角色来办。"),
    "not_approved": _("没有第二个人批准，不能入账。"),
    "not_the_proposer": _("只有提出的人可以撤回。"),
    "own_way_back": _("%(kind)s 不能在这里冲正。%(way)s"),
    "own_proposal": _("自己提出的不能自己决定，要由另一个人来办。"),
    "proposal_decided": _("这个提议已经有了结果：%(outcome)s。"),
    "proposal_expired": _("这个提议已经过期。请重新提出。"),
    "unknown_action": _("没有应用会办这件事。"),
    "unknown_proposal": _("没有这个提议。"),
}
# The books' own refusals as staff read them; people are told otherwise.
_BOOKS: dict[str, str | Promise] = {
    "already_reversed": _("这笔交易已经冲正过了。"),
    "amount_out_of_range": _("数量太大，账户记不下。"),
    "asset_expired": _("有的品种已经过了它的月份，不能再动。"),
    "balance_too_high": _("%(address)s 会超过它的上限：现有 %(balance)s，再加 %(amount)s。"),
    "balance_too_low": _("%(address)s 会低于它的下限：现有 %(balance)s，再加 %(amount)s。"),
    "both_at_once": _("分录和冲正只能提一样。"),
    "invalid_posting": _(
        "分录不成立：至少两行，每个账户一行，每个品种合计为零；冲正 1 到 100 笔，各一次。"
    ),
    "key_reused": _("这份表单已经提过另一件事。请重新打开页面再填。"),
    "month_closed": _("这个月已经结账。"),
    "month_not_open": _("这个月还没有开账。"),
    "unknown_address": _("没有这样的账户，或者它不能放这个品种：%(address)s"),
    "unknown_transaction": _("没有这笔交易可以冲正。"),
}
# What is over and has no way back of its own.
OVER = _("事情已经办完；要更正请提调整的分录。")
KINDS = {
    "adjustment": (_("人工调整（增加）"), _("人工调整（减少）")),
    "reversal": (_("退回"), _("收回")),
}
STATES: dict[str, str | Promise] = {
    "open": _("等待决定"),
    "approved": _("已批准"),
    "declined": _("已拒绝"),
    "withdrawn": _("已撤回"),
    "expired": _("已过期"),
}
KIND_NAMES: dict[str, str | Promise] = {"adjustment": _("调整"), "reversal": _("冲正")}
ACTS: dict[str, str | Promise] = {
    "approve": _("批准"),
    "decline": _("拒绝"),
    "withdraw": _("撤回"),
}


def said(refusal: Refusal) -> str:
    """Say why, in the reader's language; the refusal's own words where there are no others."""
    sentence = SENTENCES.get(refusal.code) or _BOOKS.get(refusal.code)
    if sentence is None:
        return refusal.message
    facts: dict[str, object] = {
        name: STATES.get(str(fact), fact) if name == "outcome" else _grouped(fact)
        for name, fact in refusal.fields.items()
    }
    if "kind" in facts:
        facts["way"] = ways_back().get(str(facts["kind"])) or OVER
    try:
        return str(sentence) % facts
    except KeyError:
        return f"{refusal.message}"


def _grouped(fact: object) -> object:
    return f"{fact:,}" if isinstance(fact, int) and not isinstance(fact, bool) else fact


def with_troubles(found: Sequence[Effect]) -> list[tuple[Effect, str]]:
    """Return effects, each with what the books would say against it."""
    return [(one, str(TROUBLES.get(one.trouble, ""))) for one in found]


TROUBLES: dict[str, str | Promise] = {
    "unknown_address": _("没有这样的账户。"),
    "asset_expired": _("这个品种已经过了它的月份。"),
    "balance_too_low": _("会低于下限。"),
    "balance_too_high": _("会超过上限。"),
}
