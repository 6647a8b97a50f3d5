"""What an entry or a notice says to its holder: a sentence for each kind.

A kind may say one thing when something comes in and another when it goes out; exchange and others
bring the sentences of their own kinds, `config` hands them in.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from ledger.models import Entry
from ledger.rules import COIN
from wallet.holders.models import Notice
from wallet.holders.rules import opaque_id
from wallet.holders.sentences import (
    amount_words,
    asset_words,
    carrier_words,
    package_words,
    with_numbers_in_words,
)

Words = str | Promise


@dataclass(frozen=True, slots=True)
class InAndOut:
    """What a kind says when something comes in, and when it goes out."""

    comes: Words
    goes: Words


_kinds: dict[str, InAndOut] = {
    "gift_send": InAndOut(_("送出的礼物"), _("送出礼物")),
    "gift_claim": InAndOut(_("领到礼物"), _("礼物已被领取")),
    "gift_cancel": InAndOut(_("撤回礼物，已退回"), _("撤回礼物")),
    "gift_expire": InAndOut(_("礼物没人领取，已退回"), _("礼物过期")),
    "task_vest": InAndOut(_("任务奖励"), _("归还任务奖励")),
    "deposit": InAndOut(_("存入自己的流量"), _("存入自己的流量")),
    "take_back": InAndOut(_("取回流量"), _("取回流量")),
    "take_back_failed": InAndOut(_("取回没有成功，已退回"), _("取回没有成功")),
    "save_as_coins": InAndOut(_("零存整取：得到的币"), _("零存整取：存入的流量")),
    "convert": InAndOut(_("币换流量"), _("币换流量")),
    "convert_refunded": InAndOut(_("币换流量没有成功，已退回"), _("币换流量")),
    "data_delivery": InAndOut(_("流量发到手机"), _("流量发到手机")),
    "data_delivery_failed": InAndOut(_("发到手机没有成功，已退回"), _("发到手机没有成功")),
    "roll": InAndOut(_("月底结转得到的流量券"), _("月底结转成流量券")),
    "late_roll": InAndOut(_("补办结转得到的流量券"), _("补办结转成流量券")),
    "late_expire": InAndOut(_("补办到期"), _("补办到期")),
    "expire": InAndOut(_("到期"), _("月底到期")),
    "correction": InAndOut(_("更正（增加）"), _("更正（减少）")),
}

_notices: dict[str, Words] = {}
_notice_pages: dict[str, tuple[str, str]] = {}

# What was given shows its page to its sender only.
_unlinked: set[str] = {"gift_claim"}

# First word of an address → the prefix of its opaque id and its page's name in the URLs.
_pages: dict[str, tuple[str, str]] = {
    "gift": ("gft", "gift"),
    "conversion": ("cnv", "conversion"),
    "delivery": ("dlv", "delivery"),
    "earning": ("ern", "earning"),
}


def register_kinds(kinds: Mapping[str, tuple[Words, Words]]) -> None:
    """Add what kinds of transactions say: when something comes in, when it goes out.

    A kind that says different things in different places adds the place: `trade proceeds`.
    """
    _kinds.update((kind, InAndOut(*words)) for kind, words in kinds.items())


def register_notices(notices: Mapping[str, Words]) -> None:
    """Add what kinds of notices say; their facts fill the sentences' places."""
    _notices.update(notices)


def register_pages(pages: Mapping[str, tuple[str, str]]) -> None:
    """Add where things among a posting's addresses have their pages."""
    _pages.update(pages)


def register_notice_pages(pages: Mapping[str, tuple[str, str]]) -> None:
    """Add where notices lead: by kind, the prefix of their subject's id and its page's name."""
    _notice_pages.update(pages)


def register_unlinked(kinds: Iterable[str]) -> None:
    """Add kinds whose postings lead nowhere: the thing's page may be somebody else's."""
    _unlinked.update(kinds)


def has_kind(kind: str) -> bool:
    """Tell whether a kind of transaction has its sentences."""
    return kind in _kinds


def has_notice(kind: str) -> bool:
    """Tell whether a kind of notice has its sentence."""
    return kind in _notices


def notice_kinds() -> list[str]:
    """Return the kinds of notices that have their sentences, as they were brought."""
    return list(_notices)


def entry_words(entry: Entry) -> str:
    """Say what an entry was."""
    kind = entry.transaction.kind
    words = _kinds.get(f"{kind} {_place_of(entry)}") or _kinds.get(kind)
    if words is None:
        return kind
    said = str(words.comes if entry.amount > 0 else words.goes)
    if entry.transaction.reverses_id is not None:
        return gettext("%(what)s（冲正）") % {"what": said}
    return said


def _place_of(entry: Entry) -> str:
    """Name the place of an entry in a wallet: coins, goods, line, proceeds, fees."""
    parts = entry.account.address.split("/")
    if parts[0] != "holder":
        return parts[0]
    if parts[2] != "main":
        return parts[2]
    return "coins" if entry.account.asset == COIN else "goods"


def place_words(address: str) -> str:
    """Say which of a holder's own accounts this is."""
    parts = address.split("/")
    if parts[0] == "line":
        return gettext("存入的流量 · %(package)s") % {"package": package_words(parts[2])}
    if parts[0] == "holder" and parts[2] == "proceeds":
        return gettext("待结算 %(month)s") % {"month": parts[3]}
    if parts[0] == "holder" and parts[2] == "fees":
        return gettext("预留手续费 %(month)s") % {"month": parts[3]}
    return gettext("钱包")


def notice_words(notice: Notice) -> str:
    """Say what a notice tells; amounts and assets among its facts are said in words."""
    found = _notices.get(notice.kind)
    if found is None:
        return notice.kind
    asset = notice.facts.get("asset", "COIN")
    amount = notice.facts.get("amount", notice.facts.get("coins", notice.facts.get("mb")))
    facts = with_numbers_in_words(notice.facts)
    facts["asset_words"] = asset_words(str(asset))
    if "carrier" in facts:
        facts["carrier_words"] = carrier_words(str(facts["carrier"]))
    if isinstance(amount, int):
        facts["amount_words"] = amount_words(amount, str(asset))
    try:
        return str(found) % facts
    except KeyError:
        return str(found)


def page_of(kind: str, addresses: list[str]) -> str:
    """Return the page of the first thing among a posting's addresses that has one, or nothing."""
    if kind in _unlinked:
        return ""
    for address in addresses:
        first, _slash, rest = address.partition("/")
        if first in _pages:
            prefix, name = _pages[first]
            try:
                return reverse(name, args=[opaque_id(prefix, UUID(rest))])
            except (NoReverseMatch, ValueError):
                continue
    return ""


def notice_page(notice: Notice) -> str:
    """Return the page a notice is about, or nothing."""
    if notice.kind not in _notice_pages:
        return ""
    prefix, name = _notice_pages[notice.kind]
    return reverse(name, args=[opaque_id(prefix, notice.subject_id)] if prefix else [])
