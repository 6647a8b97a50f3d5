"""What the catalog says to people: kinds, refusals, notices, and why a partner did not deliver."""

from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from wallet.catalog.models import Product
from wallet.catalog.rules import Kind

KIND_NAMES: dict[str, str | Promise] = {
    Kind.CONTENT: _("内容订阅"),
    Kind.AIRTIME: _("话费"),
    Kind.POINTS: _("积分"),
    Kind.MALL: _("商城"),
}
SENTENCES: dict[str, str | Promise] = {
    "kind_switched_off": _("这一类现在不能换。您的币没有动。"),
    "product_not_offered": _("合作方现在不提供这个。您的币没有动。"),
    "price_changed": _("价格变了，现在一共是 %(coins)s 币。请看清楚再换一次。"),
    "points_limit_passed": _("今天的积分兑换到上限了：一天 %(coins_max)s 币，还剩 %(left)s 币。"),
    "not_your_number": _("只能用自己号码的积分。"),
    "partner_budget_spent": _("合作方的币暂时换完了，请过几天再来。积分没有动。"),
    "bad_partner_code": _("合作方的代码是两到四个大写字母，不能和运营商的一样。"),
    "merchant_is_partner": _("这家商户或这个代码已经属于另一个合作方。"),
}
NOTICES: dict[str, str | Promise] = {
    "purchase_delivered": _("用 %(coins)s 币换的东西已经到了"),
    "purchase_refunded": _("合作方没有办成，已退回 %(amount_words)s"),
    "points_paid": _("积分换的 %(coins)s 币已经到账"),
    "points_not_taken": _("积分没有扣成，没有得到 %(coins)s 币"),
}
NOTICE_PAGES = {
    "purchase_delivered": ("pur", "purchase"),
    "purchase_refunded": ("pur", "purchase"),
    "points_paid": ("pur", "purchase"),
    "points_not_taken": ("pur", "purchase"),
}
KINDS = {
    "purchase": (_("币换商品"), _("币换商品")),
    "purchase_refunded": (_("币换商品没有成功，已退回"), _("币换商品")),
    "points_in_paid": (_("积分换来的币"), _("积分换币")),
}
PAGES = {"purchase": ("pur", "purchase")}
# Why a partner did not deliver, by its own code or ours.
REASONS: dict[str, str | Promise] = {
    "out_of_stock": _("合作方没有货了。"),
    "points_short": _("会员账户里的积分不够。"),
    "does_not_sell": _("合作方没有接受这一笔。"),
    "no_such_offering": _("合作方已经不提供这个。"),
    "not_sent": _("一直联系不上合作方，没有发出去。"),
    "not_listed": _("合作方的对账单里没有这一笔。"),
}
ANOTHER_REASON = _("合作方没有办成。")


def name_of(product: Product) -> str:
    """Say a product's name in the reader's language."""
    return product.name_en if get_language() == "en" else product.name_zh


def about(product: Product) -> str:
    """Say what a product is, in the reader's language."""
    return product.about_en if get_language() == "en" else product.about_zh
