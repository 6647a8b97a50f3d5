"""What counters say to people: refusals, and lines of the history."""

from django.utils.translation import gettext_lazy as _

SENTENCES = {
    "not_at_counter": _("您不能用这家商户的币。"),
    "merchant_budget_spent": _("预算不够：要 %(coins)s 币，只剩 %(left)s 币可以发。"),
    "unknown_code": _("没有这个码。请让商户再给您看一次。"),
    "code_used": _("这个码已经被领过了，每个码只付一次。请让商户换一个。"),
    "code_expired": _("这个码过期了。请让商户换一个。"),
    "own_counter": _("您在这家商户收银，不能领它的币。"),
    "counter_limit_passed": _("您今天在这家商户已经领了 %(count_max)s 次，明天再来。"),
}
KINDS = {"merchant_code": (_("扫码得到的币"), _("扫码"))}
