"""What the market's postings say to whoever has a part in them."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

# Kind → what it says when something comes into a wallet or line, and when it goes out.
KINDS: dict[str, tuple[str | Promise, str | Promise]] = {
    "order_place": (_("挂单留出"), _("挂单，留出货款")),
    "order_cancel": (_("撤单，已退回"), _("撤单")),
    "order_close": (_("市场收市，未成交的已退回"), _("市场收市")),
    "trade": (_("成交"), _("成交付出")),
    "proceeds": (_("卖流量所得，已结算"), _("待结算转入钱包")),
    "fees": (_("手续费结算，多留的退回"), _("手续费")),
}
