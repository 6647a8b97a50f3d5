"""What the market's last postings say to whoever has a part in them."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

KINDS: dict[str, tuple[str | Promise, str | Promise]] = {
    "proceeds_early": (_("卖流量所得，停止服务时提前结算"), _("待结算转入钱包")),
    "fees_early": (_("手续费提前结算，多留的退回"), _("手续费")),
}
