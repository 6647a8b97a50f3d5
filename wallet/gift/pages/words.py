"""What gifts say to people."""

from django.utils.translation import gettext_lazy as _

SENTENCES = {
    "not_giftable": _("这个不能送。可以送币、流量和流量券。"),
    "bad_greeting": _("祝福语请写成一行，不超过 100 个字。"),
    "gift_limit_passed": _("超过了今天可以送的上限。明天再送，或者先实名提高上限。"),
    "no_other_side": _("这份礼物还没有人领取，不知道要送给谁。"),
    "own_gift": _("这是您自己送出的礼物。不想送了可以撤回。"),
    "gift_claimed": _("来晚了一步，这份礼物已经被别人领走。"),
    "gift_cancelled": _("送礼的人已经撤回了这份礼物。"),
    "gift_expired": _("这份礼物已经过期，退回给送礼的人了。"),
    "gift_locked": _("这份礼物是送给另一个号码的。"),
    "gift_held": _("有人正在领取这份礼物，三分钟后再来看看。"),
    "unknown_gift": _("没有这份礼物。链接可能没有复制完整。"),
    "too_many_guesses": _("试错的链接太多了，请一小时后再来。"),
    "wallet_full": _("您的钱包放不下了。先用掉一些，或者先实名提高上限。"),
    "not_enough_coins": _("币不够。"),
    "not_enough_data": _("流量不够。"),
    "msisdn_unreadable": _("请填 11 位手机号。"),
}

NOTICES = {
    "gift_claimed": _("您送出的 %(amount_words)s 已经被领取。"),
    "gift_returned": _("您送出的 %(amount_words)s 没有人领取，已经退回。"),
    "gift_expired": _("您送出的 %(amount_words)s 没有人领取，已经到期。"),
    "gift_waiting": _("朋友送您 %(amount_words)s，在“送”里等您领取。"),
    "gift_given_back": _("朋友回赠您 %(amount_words)s，在“送”里等您领取。"),
    "gift_thanked": _("朋友感谢您送的 %(amount_words)s。"),
}
