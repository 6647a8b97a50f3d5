"""What refund lists say to whoever stands on them, and why a payment could not be noted."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

KINDS: dict[str, tuple[str | Promise, str | Promise]] = {
    "wind_down_refund": (_("停止服务，转为退款"), _("停止服务：没发出去的币，转为退款")),
}

NOTICES: dict[str, str | Promise] = {
    "cash_refund_listed": _(
        "有 %(amount_words)s 没能发到您的号码，%(carrier_words)s将退给您 %(yuan)s 元。"
    ),
    "cash_refund_paid": _("%(carrier_words)s的退款 %(yuan)s 元已经付给您。"),
}

SENTENCES: dict[str, str | Promise] = {
    "coins_without_issuer": _("有的币没有发行方，要先更正账目。"),
    "not_refunded_in_cash": _("运营商之间自己清算，不在退款名单里付。"),
    "refund_reference_missing": _("请写银行的流水号，最多 64 个字。"),
}
