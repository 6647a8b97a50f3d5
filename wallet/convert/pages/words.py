"""What conversions and deliveries say to people: refusals, notices, and why a carrier did not."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from wallet.carriers.rules import Quality

SENTENCES: dict[str, str | Promise] = {
    "carrier_does_not_sell": _(
        "这家运营商暂不支持用币换流量。您的币还在，可以送人或换给别的号码。"
    ),
    "carrier_sells": _("这家运营商现在就能换流量，不用等。"),
    "carrier_unknown": _("请选择这个号码的运营商。"),
    "not_deliverable": _("只有流量和流量券可以发到手机。"),
    "wrong_carrier": _(
        "这些流量只能发给同一家运营商的号码。号码如果已经携号转网，请在下面选它现在的运营商。"
    ),
}
NOTICES: dict[str, str | Promise] = {
    "carrier_opened": _("%(carrier_words)s现在可以用币换流量了"),
    "convert_delivered": _("换的流量已经到账：%(coins)s MB"),
    "convert_refunded": _("换流量没有成功，已退回 %(amount_words)s"),
    "data_delivery_done": _("已经发到手机：%(amount_words)s"),
    "data_delivery_failed": _("发到手机没有成功，已退回 %(amount_words)s，%(asset_words)s"),
}
NOTICE_PAGES = {"carrier_opened": ("", "convert")}
# Why a carrier did not deliver, by its own code or ours.
REASONS: dict[str, str | Promise] = {
    "ported": _("这个号码已经转到别的运营商。"),
    "not_a_subscriber": _("运营商说这不是它的号码。"),
    "does_not_sell": _("运营商没有接受这一笔。"),
    "product_not_sold": _("运营商没有这一种流量。"),
    "expired": _("运营商处理时，月份已经过了。"),
    "by_hand": _("我们和运营商核对过，没有到账。"),
    "not_sent": _("一直联系不上运营商，没有发出去。"),
    "not_listed": _("运营商的对账单里没有这一笔。"),
}
# How the number's carrier is known.
KNOWN_BY: dict[str, str | Promise] = {
    Quality.PREFIX: _("按号段"),
    Quality.CARRIER: _("运营商确认过"),
    Quality.USER: _("您选的"),
}
ANOTHER_REASON = _("运营商没有办成。")
