"""The page on which I say who I am."""

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from wallet.holders.models import Holder
from wallet.holders.pages import KeyedForm, form_refusals
from wallet.holders.queries import holder_of
from wallet.identity.models import IdentityCheck
from wallet.identity.operations import check_identity
from wallet.identity.queries import limits_of_tiers
from wallet.identity.rules import NAME_LENGTH_MAX
from wallet.identity.verifier import verifier_in_use

SENTENCES = {
    "bad_identity": _("姓名或身份证号不对，请照证件填写。"),
    "other_person": _("这个钱包已经用另一个人的身份实名。请联系客服。"),
    "identity_taken": _("您已经有实名的钱包了，一个人最多 %(most)s 个。"),
    "too_many_checks": _("今天已经核验了 %(most)s 次，请明天再来。"),
    "verifier_unavailable": _("现在核验不了身份，请过一会儿再试。"),
}
NOTICES = {
    "identity_proved": _("实名核验通过了，额度已经按新的等级计算。"),
    "identity_lowered": _("您的实名等级已改为第 %(tier)s 级。可以重新核验；有疑问请联系客服。"),
}
METHODS = (
    (IdentityCheck.Method.REAL_NAME, _("姓名和身份证号（第 1 级）")),
    (IdentityCheck.Method.FACE, _("加上人脸（第 2 级）")),
    (IdentityCheck.Method.BANK, _("加上银行卡（第 2 级）")),
)


class IdentityForm(KeyedForm):
    """A name as it stands on the identity card, and its number."""

    name = forms.CharField(
        label=_("姓名"),
        max_length=NAME_LENGTH_MAX,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    identity_number = forms.CharField(
        label=_("身份证号"),
        max_length=40,
        help_text=_("只用来核验，不保存。我们只留出生年份和一个查不回去的指纹。"),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    method = forms.ChoiceField(label=_("核验方式"), choices=METHODS)


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def identity(request: HttpRequest) -> HttpResponse:
    """Show what I am known by, and check my name."""
    holder = holder_of(request.user)
    form = IdentityForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        with form_refusals(form):
            check = _checked(holder, form)
            if check.state == IdentityCheck.State.PASSED:
                messages.success(request, gettext("核验通过了。"))
                return redirect("me")
            form.add_error(None, gettext("姓名和身份证号对不上。请检查后再试。"))
    context = {"holder": holder, "form": form, "tiers": limits_of_tiers(now=timezone.now())}
    return render(request, "identity/identity.html", context, status=422 if form.is_bound else 200)


def _checked(holder: Holder, form: IdentityForm) -> IdentityCheck:
    asked = form.cleaned_data
    return check_identity(
        holder=holder,
        name=asked["name"],
        number=asked["identity_number"],
        method=asked["method"],
        verifier=verifier_in_use(),
        key=form.asked_key,
        now=timezone.now(),
    )
