"""The steps of a wind-down in words, what is announced, and why it could not begin."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from ledger.registry import DeskLink

DESK = DeskLink(
    title=_("停止服务"),
    url_name="admin:wallet_winddown_progress",
    permission="wallet.view_winddown",
)

STEPS: dict[str, str | Promise] = {
    "tell": _("告诉每一位用户"),
    "market": _("收市，退回挂单，付清本月成交"),
    "earnings": _("发放已完成的任务奖励，退回其余的"),
    "gifts": _("退回没领的礼物"),
    "packets": _("退回没抢完的红包"),
    "own_data": _("存入的流量还给套餐"),
    "purchases": _("等目录里订单的结果"),
    "send_home": _("币和流量发到本人号码"),
    "carriers": _("等运营商的结果"),
    "clearing": _("等运营商之间的清算"),
    "refunds": _("发不出去的，转为退款名单"),
    "given_up": _("把注销的钱包留下的币还给发行方"),
    "outstanding": _("核对：还有没有未清的币"),
}

NOTICES: dict[str, str | Promise] = {
    "wind_down_announced": _(
        "本服务将在 %(on)s 停止。请在那之前用完您的币；剩下的会换成流量发到您的号码，发不出去的退钱给您。"
    ),
    "wind_down_called_off": _("停止服务的公告（%(on)s）已经取消，一切照常。"),
}

NOTICE_PAGES = dict.fromkeys(NOTICES, ("", "ending"))

SENTENCES: dict[str, str | Promise] = {
    "wind_down_begun": _("停止服务已经开始，不能再改。"),
    "wind_down_not_announced": _("还没有公告停止服务。"),
    "wind_down_reason_missing": _("请写原因，最多 500 个字。"),
    "wind_down_too_early": _("公告期还没有满。"),
    "wind_down_unproved": _("账目查证没有通过，不能结束。"),
}
