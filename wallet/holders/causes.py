"""What an auditor is told of holders: who stands behind an address, whose a phone is."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from ledger.registry import Cause, Found
from ledger.rules import instant_in_words
from wallet.carriers.rules import MsisdnUnreadable, masked, normalised
from wallet.holders.models import Holder, Number
from wallet.holders.queries import numbers_of, user_with_phone
from wallet.holders.rules import opaque_id

_ACCOUNTS = {
    "main": _("可用的"),
    "debt": _("欠还的，先从奖励里扣"),
    "proceeds": _("卖出所得，月结时付出"),
    "fees": _("预留到月结的手续费"),
}


def cause_of_holder(address: str) -> Cause | None:
    """Return who stands behind `holder/<id>` and the accounts below it."""
    __, holder_id, *account = address.split("/")
    holder = Holder.objects.filter(pk=holder_id).first()
    if holder is None:
        return None
    numbers = ", ".join(masked(msisdn=number.msisdn) for number in numbers_of(holder))
    facts = {
        _("账户"): _ACCOUNTS.get(account[0], account[0]) if account else "",
        _("号码"): numbers,
        _("等级"): str(holder.tier),
        _("开立时间"): instant_in_words(holder.opened_at),
        _("冻结时间"): instant_in_words(holder.frozen_at) if holder.frozen_at else "",
    }
    name = holder.name or opaque_id("hld", holder.pk)
    return Cause(
        title=f"{holder.get_kind_display()} {name}",
        facts={str(fact): str(text) for fact, text in facts.items() if text},
        url=f"/admin/desk/people/{holder.pk}/",
    )


def wallet_and_lines_of(holder: UUID, *, start: datetime, end: datetime) -> Iterator[str]:
    """Return where a holder's own accounts lie: its wallet, and the lines of its numbers."""
    yield f"holder/{holder}/"
    held = Number.objects.filter(Q(holder=holder) | Q(former=holder))
    for number in held.values_list("pk", flat=True):
        yield f"line/{number}/"


def personal_of_holder(holder: UUID) -> Mapping[str, str] | None:
    """Return what of a holder is personal: whole numbers, the login, the year of birth."""
    found = Holder.objects.filter(pk=holder).select_related("user").first()
    if found is None:
        return None
    return {
        str(_("号码")): ", ".join(number.msisdn for number in numbers_of(found)),
        str(_("登录手机")): str(found.user or ""),
        str(_("名称")): found.name,
        str(_("出生年份")): str(found.birth_year or ""),
    }


def is_phone(text: str) -> bool:
    """Tell whether a text is a phone number, as people type it."""
    return bool(_msisdn_in(text))


def people_with_phone(text: str) -> Iterator[Found]:
    """Return whose number a typed phone is, and who signs in with it."""
    msisdn = _msisdn_in(text)
    if not msisdn:
        return
    number = Number.objects.filter(msisdn=msisdn, holder__isnull=False).first()
    if number is not None:
        yield Found(address=f"holder/{number.holder_id}")
    user = user_with_phone(f"+86{msisdn}")
    holder = Holder.objects.filter(user=user).first() if user else None
    if holder is not None:
        yield Found(address=f"holder/{holder.pk}")


def _msisdn_in(text: str) -> str:
    try:
        return normalised(typed=text)
    except MsisdnUnreadable:
        return ""


def personal_of_number(number: UUID) -> Mapping[str, str] | None:
    """Return the whole number behind its id."""
    found = Number.objects.filter(pk=number).first()
    return None if found is None else {str(_("号码")): found.msisdn}
