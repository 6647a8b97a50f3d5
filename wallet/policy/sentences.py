"""What each policy does, in words."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from ledger.registry import DeskLink

DESK = DeskLink(
    title=_("政策"),
    url_name="admin:wallet_policyrow_in_force",
    permission="wallet.view_policyrow",
)

MEANINGS: Mapping[str, str | Promise] = {
    "cash.in": _("币能不能用钱买。关：币从不出售。"),
    "cash.out": _("币能不能换成钱。关：币从不兑现。"),
    "tier.0": _("第 0 级实名要通过的核验。"),
    "tier.1": _("第 1 级实名要通过的核验。"),
    "tier.2": _("第 2 级实名要通过的核验。"),
    "wallet.coins_max": _("钱包最多存多少币，按实名等级；只在本人选择收币时适用。"),
    "gift.coins_per_day_max": _("一天最多送出多少币（礼物和红包合计），按实名等级。"),
    "gift.count_per_day_max": _("一天最多送几份礼物或红包，按实名等级。"),
    "gift.expires_hours": _("礼物过多少小时没人领就退回。"),
    "packet.expires_hours": _("红包过多少小时没抢完就退回。"),
    "grant.expires_days": _("赠送到号码的币过多少天没人认领就退回赞助商。"),
    "packet.coins_max": _("一个红包最多多少币。"),
    "packet.shares_max": _("一个红包最多分几份。"),
    "claim.guesses_per_hour": _("一个地址每小时最多猜错几次链接。"),
    "trade.age_min": _("满多少岁才能买卖。"),
    "trade.tier_min": _("买卖要的实名等级。"),
    "trade.mb_per_month_max": _("一个号码一个月最多卖多少 MB。"),
    "trade.share_of_allowance_max_percent": _("一个号码最多卖掉套餐的百分之几。"),
    "trade.must_remain_mb": _("卖出后号码上至少要留多少 MB。"),
    "book.lot_mb": _("一手是多少 MB。已开的市场按开市时的规则走完。"),
    "book.tick_coins": _("价格的最小变动，币每手。"),
    "book.price_min": _("最低价，币每手。"),
    "book.price_max": _("最高价，币每手。"),
    "book.fee_maker_bp": _("挂单成交的费率，万分之几。"),
    "book.fee_taker_bp": _("吃单成交的费率，万分之几。"),
    "book.fee_seller_coins_per_lot": _("卖方每手另付多少币，不高于最低价。"),
    "book.opens_at": _("每月什么时候开市（上海时间）。"),
    "book.closing_call_at": _("什么时候进入收市集合竞价。"),
    "book.uncross_at": _("收市集合竞价什么时候撮合。"),
    "book.self_trade": _("自己和自己成交时撤哪一边。"),
    "deposit.rate_coins_per_100mb": _("零存整取：每 100 MB 给多少币；0 是不收。"),
    "rollover.share_percent": _("月底剩余流量的百分之几结转。"),
    "rollover.cap_mb": _("一个套餐最多结转多少 MB。"),
    "rollover.kinds": _("哪几种流量结转。"),
    "rollover.valid_months": _("流量券在之后几个月内有效。"),
    "rollover.claim_late_days": _("月底后多少天内还能补办结转。"),
    "rollover.by_adaptor": _("月底剩余流量是否直接向运营商查询。"),
    "catalog.content": _("能不能用币换内容订阅。"),
    "catalog.airtime": _("能不能用币换话费。"),
    "catalog.points": _("能不能和伙伴的积分互换。"),
    "catalog.mall": _("能不能用币换商城的货。"),
    "catalog.count_max": _("一次最多换几份。"),
    "catalog.points_in_coins_per_day_max": _("一个人一天最多用积分换多少币。"),
    "catalog.points_out_coins_per_day_max": _("一个人一天最多用多少币换积分。"),
    "earn.vest_days": _("任务每一步完成后过几天发币。"),
    "audience.min": _("投放的人群至少要有多少人。"),
    "case.open_max": _("一个人最多有几个疑问在等答复。"),
    "merchant.coins_per_code_max": _("商户一个码最多发多少币。"),
    "merchant.code_minutes": _("商户的码几分钟内有效。"),
    "merchant.claims_per_day_max": _("一个人一天最多扫几次商户的码。"),
    "carrier.sells": _("运营商卖不卖流量。关：币换不了它的流量。"),
    "records.keep_days": _("日常记录至少保存多少天，法定不少于 180 天。"),
    "winddown.notice_days": _("停止服务要提前多少天公告。"),
    "winddown.fen_per_100_coins": _("停止服务时发不出去的币，每 100 币至少退多少分。"),
    "recycled_number.reverify_above_coins": _("二次放号的新机主花超过多少币要重新核验。"),
}
