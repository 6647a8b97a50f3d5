"""What red packets say to people."""

from django.utils.translation import gettext_lazy as _

SENTENCES = {
    "bad_packet": _("红包包不成：每份至少 1 币；平分时总数要能整除。"),
    "packet_too_large": _("一个红包最多 %(coins_max)s 币、%(shares_max)s 份。"),
    "packet_limit_passed": _("超过了今天可以送的上限。明天再发，或者先实名提高上限。"),
    "packets_paused": _("现在不能发红包，请过一会儿再试。"),
    "packet_empty": _("手慢了，红包已经抢光。"),
    "packet_expired": _("这个红包已经过期，没抢完的退回去了。"),
    "own_packet": _("您代表这家赞助商，不能抢它的红包。"),
    "unknown_packet": _("没有这个红包。链接可能没有复制完整。"),
}
NOTICES = {
    "packet_finished": _("您的红包被抢光了：%(amount_words)s，%(shares)s 份。"),
    "packet_returned": _("您的红包没有抢完，退回 %(amount_words)s。"),
    "packet_luckiest": _("您抢红包手气最佳：%(amount_words)s。"),
}
KINDS = {
    "packet_send": (_("发出的红包"), _("发红包")),
    "packet_claim": (_("抢到红包"), _("红包被抢")),
    "packet_return": (_("红包没抢完，已退回"), _("红包过期")),
}
PAGES = {"packet": ("pkt", "packet")}
