"""What staff read: what each kind of break means and what to do, and why settling was refused."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from wallet.carriers.models import Break

Kind = Break.Kind
MEANINGS: dict[str, str | Promise] = {
    Kind.FINAL_USAGE_CHANGED: _(
        "运营商改了已经确认的月末用量。我们按第一次的算；请和运营商核清以哪个为准。"
    ),
    Kind.DELIVERED_AFTER_REFUND: _(
        "币或流量已经退给用户，对账单却说办成了。这是运营商的差错：不再向用户扣，请运营商撤回或自担。"
    ),
    Kind.LISTED_TWICE: _("对账单把一笔列了两次或更多次。我们只认一次，结算时按一次付。"),
    Kind.NOT_LISTED: _(
        "运营商答复办成了，当天和第二天的最终对账单都没有列。请运营商证明到账，否则用户应得到补偿。"
    ),
    Kind.UNKNOWN_REFERENCE: _("对账单里有一笔不是我们发的。不为它付款，请运营商说明。"),
    Kind.AMOUNT_DIFFERS: _("运营商办的和我们要的不一样：号码、数量、月份或种类。请和运营商核清。"),
    Kind.UNDECIDED: _(
        "48 小时没有结果：没有答复，也没有最终对账单。请向运营商要书面结果；由一人提出、另一人确认。"
    ),
    Kind.NOT_BOOKED: _(
        "已经证明办成，一小时后还没有入账。请看后台任务是否在运行、入账为什么被拒。"
    ),
    Kind.BOOKED_OTHERWISE: _("账本记的和证明的不一样，或者没有证明。请立即核对，用调整改正。"),
}
#: Where somebody may be owed something: two persons' adjustment moves it.
MOVES_VALUE = frozenset(
    {Kind.NOT_LISTED, Kind.AMOUNT_DIFFERS, Kind.BOOKED_OTHERWISE, Kind.DELIVERED_AFTER_REFUND}
)
SENTENCES: dict[str, str | Promise] = {
    "adjustment_not_approved": _("这个调整没有经第二个人批准，或者没有这个编号。"),
    "break_not_undecided": _("这一笔已经有结果，不能再由人来定。"),
    "break_reason_missing": _("请用至少 10 个字写明理由。"),
    "break_resolved": _("这个差异已经处理过，结果不能再改。"),
    "outcome_not_asked": _("还没有人提出结果。"),
    "second_person_missing": _("自己提出的不能自己确认，要由另一个人来办。"),
}
