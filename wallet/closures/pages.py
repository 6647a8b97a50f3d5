"""The page on which I end my wallet: what is in the way, what is lost, asked twice."""

from django import forms
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from ledger.rules import AMOUNT_MAX
from wallet.closures.operations import close_own_wallet
from wallet.closures.queries import residue_of, what_is_open
from wallet.holders.idempotency import at_the_clock
from wallet.holders.models import Holder
from wallet.holders.pages import form_refusals
from wallet.holders.queries import holder_of
from wallet.holders.sentences import REASONS

SENTENCES = {
    "wallet_busy": _("还有没办完的事，办完才能注销。"),
    "residue_changed": _("钱包里的币变了，现在是 %(coins)s 币。请再看一遍。"),
    "in_office": _("同事要先卸任，才能注销自己的钱包。"),
}
KINDS = {"wallet_close": (_("注销时结清"), _("注销时放弃"))}
WAITING = {
    **REASONS,
    "deposit": _("正在存入的流量"),
    "purchase": _("正在买的东西"),
    "proceeds": _("卖流量的所得，月底结账后到账"),
    "fees": _("交易手续费，月底结账后算清"),
    "debt": _("要还的任务奖励"),
    "last_owner": _("您是一家机构唯一的负责人，请先请别人来负责"),
    "sponsor": _("赞助预算"),
    "campaign": _("活动预算"),
    "merchant": _("商户预算"),
}


class CloseForm(forms.Form):
    """That I know what I give up; the second time, that I mean it."""

    gives_up_coins = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=AMOUNT_MAX)
    is_sure = forms.BooleanField(label=_("我知道注销后不能恢复，留下的币和流量都不要了"))


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def close(request: HttpRequest) -> HttpResponse:
    """Show what stands in the way and what is lost; ask, ask again, and end the wallet."""
    holder = holder_of(request.user)
    form = CloseForm(request.POST if request.method == "POST" else None)
    is_asked = form.is_bound and form.is_valid()
    if is_asked and "finally" in request.POST:
        coins = form.cleaned_data["gives_up_coins"]
        with form_refusals(form):
            at_the_clock(lambda now: close_own_wallet(holder=holder, gives_up_coins=coins, now=now))
            logout(request)
            messages.success(request, gettext("钱包已经注销。"))
            return redirect("home")
        is_asked = False
    return _shown(request, holder, form, asks_again=is_asked)


def _shown(
    request: HttpRequest, holder: Holder, form: CloseForm, *, asks_again: bool
) -> HttpResponse:
    residue = residue_of(holder)
    if not form.is_bound:
        form = CloseForm(initial={"gives_up_coins": residue.coins})
    waiting = what_is_open(holder, now=timezone.now())
    context = {
        "form": form,
        "residue": residue,
        "goods": sorted(residue.goods.items()),
        "waiting": [WAITING.get(kind, kind) for kind in waiting],
        "asks_again": asks_again,
    }
    status = 422 if form.is_bound and not asks_again else 200
    return render(request, "closures/close.html", context, status=status)
