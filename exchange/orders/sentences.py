"""What the market's postings say to whoever has a part in them."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

# Kind, and place where it matters → what it says when something comes into a wallet or line, and
# when it goes out.
KINDS: dict[str, tuple[str | Promise, str | Promise]] = {
    "order_place": (_("挂单留出"), _("挂单，留出货款")),
    "order_place line": (_("挂单留出"), _("挂卖单，留出流量")),
    "order_replace": (_("改单，多留出的"), _("改单，多留出货款")),
    "order_replace line": (_("改单，多留出的"), _("改卖单，多留出流量")),
    "order_cancel": (_("挂单撤销，已退回"), _("挂单撤销")),
    "order_close": (_("市场收市，未成交的已退回"), _("市场收市")),
    "trade": (_("市场成交"), _("市场成交付出")),
    "trade goods": (_("买到流量"), _("市场成交付出")),
    "trade coins": (_("成交价更低，差价退回"), _("市场成交付出")),
    "trade proceeds": (_("卖出流量，月底结算"), _("市场成交付出")),
    "trade fees": (_("成交预留手续费"), _("市场成交付出")),
    "proceeds": (_("卖流量所得，已结算"), _("待结算转入钱包")),
    "fees": (_("手续费结算，多留的退回"), _("手续费")),
}

# An order's page; a trade's other side is two orders, one of them somebody else's.
PAGES = {"order": ("ord", "order")}
UNLINKED = ("trade",)

# Kind → how it is undone; nothing where it is over and only an adjustment puts it right.
_BY_CANCELLING = _("撤单就会退回。")
WAYS_BACK: Mapping[str, str | Promise] = {
    "order_place": _BY_CANCELLING,
    "order_replace": _BY_CANCELLING,
    "trade": _("请在这笔成交的页面上提议作废。"),
    **dict.fromkeys(("fees", "fees_early", "order_cancel", "order_close"), ""),
    **dict.fromkeys(("proceeds", "proceeds_early"), ""),
}

# Notice → what it says.
NOTICES = {
    "trade_bust_buyer": _(
        "市场的一笔成交作废了：%(lots)s 手，每手 %(price_coins)s 币。流量已收回，付的币退给您。"
    ),
    "trade_bust_seller": _(
        "市场的一笔成交作废了：%(lots)s 手，每手 %(price_coins)s 币。流量已退回您的号码，这笔货款不再结算。"
    ),
}
NOTICE_PAGES = dict.fromkeys(NOTICES, ("", "orders"))

# Refusal → why it did not work.
SENTENCES: dict[str, str | Promise] = {
    "bad_book_terms": _("按现在的规则开不了这个市场：最低价、最高价、费率或时间不对。"),
    "bad_delivery": _("只有买到的流量可以送，而且要送到您自己的、这家运营商的号码。"),
    "bad_line": _("卖流量要选号码和套餐，买流量不用。"),
    "bad_lots": _("手数不对：1 到 %(lots_max)s 手。"),
    "bad_price": _("价格不对：%(price_min)s 到 %(price_max)s 币，每次加减 %(tick_coins)s。"),
    "bad_time_in_force": _("不认识这种挂单方式。"),
    "bought_data_gone": _("买方已经没有这笔流量：已送到号码上，或已送人。"),
    "book_ended": _("这个市场已经收盘。"),
    "book_halted": _("这个市场已经暂停。"),
    "book_not_halted": _("这个市场没有暂停。"),
    "book_not_trading": _("这个市场现在不接受这种挂单。"),
    "book_past": _("这个月已经过去，不能再开市场。"),
    "halt_reason_missing": _("请写明为什么，至少五个字。"),
    "line_idle": _("运营商已有 %(days_max)s 天没有送来这个号码的用量，暂时不能卖。"),
    "line_unknown": _("没有找到这份流量：号码不是您的，或运营商还没有送来套餐数据。"),
    "month_cap_passed": _("一个号码一个月最多卖 %(mb_max)s MB，已经卖出或挂出 %(offered_mb)s MB。"),
    "number_needed": _("买到的要立刻送到号码上：请先添加一个这家运营商的号码。"),
    "order_ended": _("这张订单已经结束，没有可撤的。"),
    "replacement_waiting": _("上一次改单还没有轮到，请稍等。"),
    "share_of_allowance_passed": _(
        "这个号码本月最多卖 %(mb_max)s MB（套餐的一部分），已经卖出或挂出 %(offered_mb)s MB。"
    ),
    "trade_busted": _("这笔成交已经作废。"),
    "trade_settled": _("这笔成交的月份已经过去，只能用两人复核的调账。"),
    "transfer_cap_passed": _("一张卖单最多卖 %(mb_max)s MB。"),
    "tier_too_low": _("买卖流量要先完成实名。"),
    "too_little_left": _("号码上至少要留 %(must_remain_mb)s MB，现在还有 %(left_mb)s MB。"),
    "too_young": _("买卖流量要年满 %(age_min)s 岁。"),
}
