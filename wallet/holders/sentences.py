"""What is said to a person: amounts, goods, and why something was refused.

Operations speak in codes; here a code becomes a sentence. Each folder keeps the sentences of its
own refusals (`SENTENCES` in its pages) and `config` hands them in.
"""

from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import get_language, gettext, ngettext
from django.utils.translation import gettext_lazy as _

from ledger.refusals import Refusal
from ledger.rules import COIN, goods_of
from wallet.carriers.queries import names_of

Sentences = Mapping[str, str | Promise]

GOODS = {
    "SURPLUS": _("存入的流量"),
    "DATA": _("流量"),
    "VOUCHER": _("流量券"),
    "DIRECT": _("定向流量"),
}

PACKAGE_KINDS = {
    "national": _("全国流量"),
    "provincial": _("省内流量"),
    "night": _("夜间流量"),
    "directed": _("定向流量"),
    "topup": _("加油包"),
}
REASONS = {
    "gift": _("送出还没领的礼物"),
    "packet": _("红包里还没抢的"),
    "order": _("市场里的挂单"),
    "conversion": _("正在换的流量"),
    "delivery": _("正在发到手机的流量"),
    "purchase": _("正在换的商品"),
    "take_back": _("正在取回的流量"),
    "earning": _("正在做的任务"),
    "proceeds": _("待结算"),
}
TIERS = {0: _("手机号"), 1: _("已实名"), 2: _("已实名并核身")}
ROLES = {"owner": _("负责人"), "manager": _("经办人"), "viewer": _("查看者")}

_sentences: dict[str, str | Promise] = {
    "asset_expired": _("这些流量已经过期，不能再动。"),
    "balance_too_low": _("余额不够。"),
    "balance_too_high": _("超过了可以持有的上限。"),
    "month_closed": _("这个月已经结账。请刷新后再试。"),
    "month_not_open": _("这个月还没有开账。"),
    "key_reused": _("这份表单已经用来办过另一件事。请重新打开页面再填。"),
    "bad_amount": _("数量不对：请填大于 0 的整数。"),
    "amount_out_of_range": _("数量太大了，账户记不下。"),
    "no_holder": _("这个登录没有个人钱包。"),
    "number_taken": _("这个号码已经属于另一个钱包。"),
    "bad_name": _("名称请写 1 到 64 个字。"),
    "carrier_unavailable": _("现在问不到运营商，请过一会儿再试。"),
    "idempotency_key_malformed": _("表单不完整。请重新打开页面再填。"),
    "holder_frozen": _("账户已被冻结，暂时不能操作。请联系客服。"),
    "holder_closed": _("这个钱包已经注销。"),
    "not_proved": _(
        "您的号码可能换过主人。核实身份前，一共最多用 %(coins_max)s 币。请到“我的”里核实。"
    ),
    "reason_missing": _("请写明原因，1 到 200 个字。"),
    "not_lower": _("等级只能调低：现在是第 %(tier)s 级。"),
    "number_quarantined": _("这个号码刚从另一个钱包移出，%(until)s 起才能加到别的钱包。"),
    "service_ending": _("服务正在停止，不能再办新的。您的币会换成流量发到您的号码。"),
    "unknown_id": _("没有找到。链接可能写错了。"),
}


def register_sentences(sentences: Sentences) -> None:
    """Add a folder's sentences: refusal code → what a person reads."""
    _sentences.update(sentences)


def has_sentence(code: str) -> bool:
    """Tell whether a refusal's code has a sentence for people."""
    return code in _sentences


def sentence_of(refusal: Refusal) -> str:
    """Say why, in the reader's language; facts of the refusal fill its sentence's places."""
    found = _sentences.get(refusal.code)
    if found is None:
        return refusal.message
    if refusal.code == "balance_too_low" and _is_of_a_person(refusal.fields):
        return _short_of(refusal.fields)
    try:
        return str(found) % with_numbers_in_words(refusal.fields)
    except (KeyError, TypeError, ValueError):
        return str(found)


def _is_of_a_person(facts: Mapping[str, Any]) -> bool:
    """Tell whether what is short is the reader's own: nobody else's budget is told."""
    return str(facts.get("address", "")).startswith(("holder/", "line/"))


def _short_of(facts: Mapping[str, Any]) -> str:
    return gettext("余额不够：现有 %(has)s，这次要用 %(asked)s。") % {
        "has": amount_words(facts["balance"], facts["asset"]),
        "asked": amount_words(-facts["amount"], facts["asset"]),
    }


def with_numbers_in_words(facts: Mapping[str, Any]) -> dict[str, Any]:
    """Return the facts with their whole numbers as a person reads them: 5,342."""
    return {
        name: f"{fact:,}" if isinstance(fact, int) and not isinstance(fact, bool) else fact
        for name, fact in facts.items()
    }


def named(names: Mapping[Any, str | Promise], code: object) -> str:
    """Say what a code stands for; an unknown code stays itself."""
    return str(names.get(code, code))


def package_words(package: str) -> str:
    """Say a package's name; one that is called by its kind is called so in the reader's language."""
    return named(PACKAGE_KINDS, package)


def unit_words(asset: str) -> str:
    """Say the unit of an asset."""
    return gettext("币") if asset == COIN else "MB"


def coins_words(number: int) -> str:
    """Say an amount of coins."""
    text = ngettext("%(number)s 币", "%(number)s 币", number)
    return text % {"number": f"{number:,}"}


def amount_words(number: int, asset: str) -> str:
    """Say an amount with the unit of its asset: coins, or MB."""
    return coins_words(number) if asset == COIN else f"{number:,} MB"


def asset_words(asset: str) -> str:
    """Say what an asset is: the goods, whose network, until which month."""
    found = goods_of(asset)
    if found is None:
        return gettext("币") if asset == COIN else asset
    return gettext("%(carrier)s%(goods)s（%(month)s 月底到期）") % {
        "carrier": carrier_words(found.carrier),
        "goods": GOODS.get(found.goods.split("-")[0], found.goods),
        "month": f"{found.month:%Y-%m}",
    }


def carrier_words(code: str) -> str:
    """Say a carrier's name in the reader's language; an unknown code stays itself."""
    chinese, english = names_of(code) or (code, code)
    return english if get_language() == "en" else chinese
