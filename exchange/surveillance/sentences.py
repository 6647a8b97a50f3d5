"""What kinds of alerts are called, what their figures mean, and why a decision did not work."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from exchange.surveillance.models import Alert
from exchange.surveillance.queries import alerts_waiting
from ledger.registry import DeskLink

DESK = DeskLink(
    title=_("市场监察"),
    url_name="admin:exchange_alert_changelist",
    permission="exchange.view_alert",
    waiting=alerts_waiting,
)
NAMES: Mapping[str, str | Promise] = {
    Alert.Kind.WASH: _("对倒：互相买卖，转了一圈回到原处"),
    Alert.Kind.ARRANGED: _("约好的成交：几秒内碰上，价格远离市价"),
    Alert.Kind.LAYERING: _("虚假挂单：对面成交后马上撤掉"),
    Alert.Kind.RAMP: _("拉抬或打压：一个人推动价格，再反向成交或赶在收市前"),
}
STATES: Mapping[str, str | Promise] = {
    Alert.State.OPEN: _("没有人看过"),
    Alert.State.LOOKED_AT: _("正在看"),
    Alert.State.DISMISSED: _("没有问题"),
    Alert.State.ACTED_ON: _("已经处理"),
}
ACTS: Mapping[str, str | Promise] = {
    Alert.Act.HALT: _("暂停这个市场"),
    Alert.Act.BUST: _("提议作废这些成交（要第二个人批准）"),
    Alert.Act.OTHER: _("已在别处处理，理由里写明"),
}
FIGURES: Mapping[str, str | Promise] = {
    "before_coins": _("之前的价格"),
    "dealt_lots": _("反向成交手数"),
    "far_coins": _("离成交价最远几币"),
    "filled_lots": _("对面成交手数"),
    "high_coins": _("最高价"),
    "holders": _("人数"),
    "layer_lots": _("撤掉的手数"),
    "layers": _("撤掉的单数"),
    "linked_pairs": _("相识的对数"),
    "lots": _("手数"),
    "low_coins": _("最低价"),
    "net_lots": _("来回相差手数"),
    "orders": _("单数"),
    "others_coins": _("别人的均价"),
    "percent_of_band": _("占价格区间的百分比"),
    "price_coins": _("成交价"),
    "ratio": _("倍数"),
    "reached_coins": _("推到的价格"),
    "rounds": _("轮数"),
    "seconds_max": _("最多几秒"),
    "share_percent": _("占成交的百分比"),
    "times": _("次数"),
}
SENTENCES: Mapping[str, str | Promise] = {
    "alert_decided": _("这条提示已经有了结果。"),
    "alert_reason_missing": _("请写明理由，五到五百个字。"),
    "no_trades_to_bust": _("这条提示里没有还能作废的成交。"),
}
