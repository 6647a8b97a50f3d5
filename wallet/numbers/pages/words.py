"""What numbers say to people: refusals, notices, the history."""

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ledger.registry import DeskLink
from wallet.holders.models import NumberEvent
from wallet.numbers.queries import logins_waiting

SENTENCES = {
    "too_many_codes": _("一个小时最多要 %(most)s 次验证码，请过一会儿再来。"),
    "too_many_numbers": _("一个钱包最多放 %(most)s 个号码。"),
    "number_code_wrong": _("验证码不对，还可以试 %(left)s 次。"),
    "number_code_gone": _("这个验证码已经失效，请重新获取。"),
    "no_such_carrier": _("没有这家运营商。"),
    "login_number": _("您用这个号码登录。请先换一个登录号码，或者注销钱包。"),
    "not_doubted": _("没有迹象表明这个号码换了主人。不用它时，移除就可以。"),
    "not_a_persons_login": _("只能给个人换登录号码；同事要先卸任，机构由成员登录。"),
    "own_login_change": _("提出的人不能自己决定，要由另一个人来办。"),
    "login_change_of_another": _("这是同事提出的，要由他来办。"),
    "login_change_decided": _("这个提议已经有人决定了。"),
    "login_change_expired": _("这个提议已经过期，请重新提出。"),
    "login_not_proved": _("发到新号码的验证码还没有核对。"),
}
NOTICES = {
    "number_left": _("号码 %(number)s 已不在您名下，存着的 %(mb)s MB 已转成可用的流量。"),
    "number_doubted": _("运营商说号码 %(number)s 可能换了主人。核实身份前，只能少量用币。"),
    "number_recycled": _("号码 %(number)s 已归新的主人，从您的钱包移出。钱包里的东西还是您的。"),
    "number_login_given": _("核实身份后，您改用 %(number)s 登录。其他号码已从钱包移出。"),
}
KINDS = {"number_left": (_("移出号码的流量转到钱包"), _("移出号码时转走的流量"))}
LOGIN_STATES = {
    "asked": _("等验证码"),
    "waiting": _("等第二个人决定"),
    "expired": _("已过期"),
    "approved": _("已批准"),
    "declined": _("已拒绝"),
    "withdrawn": _("提出人已撤回"),
}
EVENTS = {
    NumberEvent.Kind.ADDED: _("已加入"),
    NumberEvent.Kind.PORTED: _("换了运营商"),
    NumberEvent.Kind.LOGIN: _("改为登录号码"),
    NumberEvent.Kind.DOUBTED: _("可能换了主人"),
    NumberEvent.Kind.PROVED: _("已核实"),
    NumberEvent.Kind.RELEASED: _("移出"),
    NumberEvent.Kind.RECYCLED: _("归新的主人"),
}
DESK = DeskLink(
    title=_("换登录号码"),
    url_name="admin:wallet_loginchange_changelist",
    permission="wallet.view_loginchange",
    waiting=lambda: logins_waiting(now=timezone.now()),
)
