"""What kinds of notices are called, and what it says when a wish cannot be kept."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from wallet.holders.sentences import named
from wallet.notify.models import Channel, Message

SENTENCES = {
    "unknown_notice_kind": _("没有这一类消息。"),
    "too_many_mails": _("今天换了太多次邮箱，请明天再试。"),
    "mail_link_invalid": _("这个确认链接没有用了。请在“通知设置”里再发一次。"),
    "unsubscribe_link_invalid": _("这个退订链接没有复制完整。可以在“通知设置”里选择。"),
    "text_not_sent": _("短信没有发出去，请过一会儿再试。"),
}
CHANNELS: Mapping[str, Promise] = {Channel.TEXT: _("短信"), Channel.MAIL: _("邮件")}
STATES: Mapping[str, Promise] = {
    Message.State.WAITING: _("等待发送"),
    Message.State.SENDING: _("正在发送"),
    Message.State.UNKNOWN: _("正在核实"),
    Message.State.SENT: _("已发送"),
    Message.State.FAILED: _("没有发出"),
    Message.State.DROPPED: _("不再发送"),
}
# First word of a kind → what the page puts it under; the page's order.
TOPICS: Mapping[str, Promise] = {
    "gift": _("礼物"),
    "packet": _("红包"),
    "earning": _("任务"),
    "roll": _("流量和结转"),
    "deposit": _("流量和结转"),
    "take": _("流量和结转"),
    "data": _("流量和结转"),
    "saving": _("流量和结转"),
    "convert": _("兑换"),
    "carrier": _("兑换"),
    "purchase": _("兑换"),
    "points": _("兑换"),
    "trade": _("市场"),
    "order": _("市场"),
    "number": _("号码和实名"),
    "identity": _("号码和实名"),
    "wind": _("停止服务"),
    "cash": _("停止服务"),
    "case": _("客服"),
    "invoice": _("账单"),
    "invited": _("机构"),
}
OTHER_TOPIC = _("其他")
OTHER_TITLE = _("其他消息")
TITLES: Mapping[str, str | Promise] = {
    "gift_waiting": _("朋友送来礼物"),
    "gift_given_back": _("朋友回赠"),
    "gift_claimed": _("送出的礼物被领取"),
    "gift_returned": _("送出的礼物退回"),
    "gift_expired": _("送出的礼物到期"),
    "gift_thanked": _("朋友的感谢"),
    "packet_finished": _("红包被抢光"),
    "packet_returned": _("红包退回"),
    "packet_luckiest": _("手气最佳"),
    "earning_vested": _("任务奖励到账"),
    "earning_lapsed": _("任务过期"),
    "roll_asked": _("月底结转前的询问"),
    "deposit_done": _("存入完成"),
    "deposit_failed": _("存入没有成功"),
    "take_back_done": _("取回完成"),
    "take_back_failed": _("取回没有成功"),
    "data_rolled": _("月底结转结果"),
    "data_expired": _("流量到期"),
    "convert_delivered": _("换的流量到账"),
    "convert_refunded": _("换流量退回"),
    "data_delivery_done": _("流量发到手机"),
    "data_delivery_failed": _("发到手机没有成功"),
    "carrier_opened": _("运营商开始接受兑换"),
    "purchase_delivered": _("换的东西到了"),
    "purchase_refunded": _("换东西退回"),
    "points_paid": _("积分换的币到账"),
    "points_not_taken": _("积分没有换成"),
    "trade_bust_buyer": _("买到的流量作废"),
    "trade_bust_seller": _("卖出的流量作废"),
    "number_left": _("号码离开钱包"),
    "number_doubted": _("号码可能换了主人"),
    "number_recycled": _("号码归了新主人"),
    "number_login_given": _("登录号码换好了"),
    "identity_proved": _("实名核验通过"),
    "identity_lowered": _("实名等级调低"),
    "wind_down_announced": _("停止服务的公告"),
    "wind_down_called_off": _("停止服务的公告取消"),
    "cash_refund_listed": _("退款登记"),
    "cash_refund_paid": _("退款付清"),
    "case_right": _("疑问的答复：没有错"),
    "case_corrected": _("疑问的答复：已更正"),
    "case_explained": _("疑问的答复：说明"),
    "invoice_ready": _("账单出来了"),
    "invoice_due": _("账单出来了，要付款"),
    "invoice_credit": _("账单出来了，要收款"),
    "invited": _("请您加入机构"),
    "mail_confirm": _("确认邮箱"),
}


def title_of(kind: str) -> str:
    """Say what a kind is called."""
    return str(TITLES.get(kind, OTHER_TITLE))


def topic_of(kind: str) -> str:
    """Say what a kind belongs to."""
    return str(TOPICS.get(kind.partition("_")[0], OTHER_TOPIC))


def channel_words(channel: str) -> str:
    """Say a way."""
    return named(CHANNELS, channel)
