"""What an auditor is told of accounts that are nobody's own: carriers', issuers', the system's."""

from collections.abc import Mapping
from uuid import UUID

from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from ledger.registry import Cause
from wallet.carriers.models import Carrier, Instruction

_CARRIER = {
    "deposited": _("用户交出的自有流量，只凭运营商的证明移动"),
    "delivered": _("运营商证明已发放的流量和流量券"),
    "bought": _("用户存成币的自有流量"),
    "replaced": _("月份过后发放失败，重新给的流量"),
    "payable": _("换成流量的币：月结之前欠运营商的"),
    "cost": _("发行方为兑付的币付给运营商的钱（分）"),
}
_ISSUER = {
    "": _("凭已付款的采购单发出的币；余额为负，就是所欠的"),
    "revenue": _("赞助方为币已付或应付的钱（分）"),
}
_SYSTEM = {
    "sold": _("自有流量成交或送出时，在这里变成买来的流量"),
    "rolled": _("月底结转的、已存入的自有流量"),
    "vouchers": _("由月底结转的流量做成的流量券"),
    "left": _("已注销的钱包放弃的币，等发行方收回"),
    "expired": _("过了月份还剩下的"),
}
_FEES = _("这家运营商的簿里成交的手续费，月结时收取")


def cause_of_carrier(address: str) -> Cause | None:
    """Return what an account of a carrier is for: `carrier/CT/deposited`."""
    _, code, *account = address.split("/")
    return _cause(code, account="/".join(account), meaning=_CARRIER.get("/".join(account)))


def cause_of_issuer(address: str) -> Cause | None:
    """Return what an account of an issuer of coins is for: `issuer/CT`, `issuer/CT/revenue`."""
    _, code, *account = address.split("/")
    return _cause(code, account="issuer", meaning=_ISSUER.get("/".join(account)))


def cause_of_fees(address: str) -> Cause | None:
    """Return what `fees/CT` is for."""
    return _cause(address.split("/")[1], account="fees", meaning=_FEES)


def cause_of_system(address: str) -> Cause | None:
    """Return what an account of the system is for: `system/sold`."""
    account = address.partition("/")[2]
    if account not in _SYSTEM:
        return None
    return Cause(
        title=_("系统账户：%(account)s") % {"account": account},
        facts={str(_("是什么")): str(_SYSTEM[account])},
    )


def _cause(code: str, *, account: str, meaning: object) -> Cause | None:
    carrier = Carrier.objects.filter(pk=code).first()
    if carrier is None:
        return None
    return Cause(
        title=f"{carrier.name_en if get_language() == 'en' else carrier.name_zh}: {account}",
        facts={str(_("是什么")): str(meaning)} if meaning else {},
        url=f"/admin/wallet/carrier/{code}/change/",
    )


def personal_of_instruction(instruction: UUID) -> Mapping[str, str] | None:
    """Return the whole number that an instruction is about."""
    found = Instruction.objects.filter(pk=instruction).first()
    return None if found is None else {str(_("号码")): found.msisdn}
