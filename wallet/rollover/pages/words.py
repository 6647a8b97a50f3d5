"""What own data says to people: refusals and notices."""

from django.utils.translation import gettext_lazy as _

SENTENCES = {
    "package_unknown": _("运营商没有给出这个号码这个月的这个套餐。"),
    "package_not_national": _("只有全国通用流量可以存入。"),
    "saving_off": _("这家运营商现在不收流量换币。"),
    "roll_not_open": _("这个月的结转已经定了，不能再改。"),
    "more_than_left": _("套餐里只剩 %(left_mb)s MB 可以存入。"),
}
NOTICES = {
    "deposit_done": _("%(mb)s MB 已经存入"),
    "deposit_failed": _("存入没有成功，%(mb)s MB 仍在您的套餐里"),
    "take_back_done": _("%(mb)s MB 已经取回到套餐"),
    "take_back_failed": _("取回没有成功，%(mb)s MB 仍是已存入"),
    "roll_asked": _(
        "%(number)s 的 %(month)s 快到月底了：剩下的流量要结转吗？请在“月底结转”里告诉我们"
    ),
    "data_rolled": _("月底结转：得到 %(mb)s MB 流量券"),
    "data_expired": _("%(mb)s MB 流量已到期"),
}
