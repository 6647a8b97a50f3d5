"""Logins given back: one colleague proposes with a code to the new number, another decides."""

from functools import partial
from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from wallet.carriers.rules import masked_in
from wallet.holders.admin import Added, OperationForm, reason_field
from wallet.holders.models import Holder, User
from wallet.holders.operations.locks import REASON_LENGTH_MAX
from wallet.holders.pages import refusals_said
from wallet.numbers.models import LoginChange
from wallet.numbers.operations import (
    approve_login,
    decline_login,
    propose_login,
    prove_login,
    withdraw_login,
)
from wallet.numbers.pages.words import LOGIN_STATES
from wallet.numbers.queries import login_state_of
from wallet.numbers.texts import send_number_code

MAY_PROPOSE, MAY_DECIDE = "wallet.add_loginchange", "wallet.decide_loginchange"
ACTS = {"approve": approve_login, "decline": decline_login, "withdraw": withdraw_login}
OWN_ACTS = ("prove", "withdraw")


class ProposalForm(OperationForm):
    """Who lost every number, the new one, and how it was seen who that is."""

    by: User
    key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)
    holder = forms.ModelChoiceField(
        Holder.objects.all(), widget=forms.TextInput, label=_("持有人的编号")
    )
    msisdn = forms.CharField(
        label=_("新的登录号码"),
        max_length=40,
        help_text=_("验证码会发到这个号码。批准后，其他号码都会移出钱包。"),
    )
    checked = forms.CharField(label=_("怎样核实了身份"), max_length=REASON_LENGTH_MAX)
    reason = reason_field()

    class Meta:
        model = LoginChange
        fields = ()

    def made(self) -> LoginChange:
        return propose_login(**self.cleaned_data, by=self.by, now=timezone.now())


class CodeForm(forms.Form):
    """The digits that came to the new number; empty where none are asked."""

    code = forms.CharField(max_length=20, required=False)


@admin.register(LoginChange)
class LoginChangeAdmin(Added):
    """New logins for people who lost every number, the newest first."""

    form = ProposalForm
    masked = ("proposed_by", "decided_by")
    list_display = ("proposed_at", "holder", "number", "state", "proposed_by_masked")
    list_filter = ("outcome",)
    list_select_related = ("holder", "code", "proposed_by")
    search_fields = ("id__exact", "holder__id__exact")
    ordering = ("-proposed_at", "-id")
    fields = ("holder", "msisdn", "checked", "reason", "key")
    change_form_template = "numbers/login_change.html"

    @admin.display(description=_("新的登录号码"))
    def number(self, row: LoginChange) -> str:
        """Return the new number without its middle."""
        return masked_in(text=row.code.msisdn)

    @admin.display(description=_("状态"))
    def state(self, row: LoginChange) -> str:
        """Return how it stands, in words."""
        return str(LOGIN_STATES[login_state_of(row, now=timezone.now())])

    def get_fields(self, request: HttpRequest, obj: LoginChange | None = None) -> Any:
        if obj is None:
            return self.fields
        said = ("checked", "reason", "expires_at", "proved_at", "decided_by_masked", "decided_at")
        return (*self.list_display, *said)

    def get_form(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        form = super().get_form(request, *args, **kwargs)
        form.by = request.user
        return form

    def save_model(self, request: Any, obj: Any, *unused: object) -> None:  # type: ignore[override]
        """Send the code; the form's operation has stored the row."""
        transaction.on_commit(partial(send_number_code, obj.code))

    def response_add(self, request: HttpRequest, obj: Any, *unused: object) -> HttpResponse:
        """Show the page where the code is typed."""
        messages.success(request, _("验证码已发到新的号码。"))
        return redirect(_page_of(obj.pk))

    def get_urls(self) -> list[URLPattern]:
        act = self.admin_site.admin_view(require_POST(self.act_view))
        own = [path("<uuid:pk>/<str:act>/do/", act, name="wallet_loginchange_act")]
        urls: list[URLPattern] = super().get_urls()
        return own + urls

    def context_of(self, request: HttpRequest, row: Any) -> dict[str, Any]:
        return {
            "login_state": login_state_of(row, now=timezone.now()),
            "is_own": row.proposed_by_id == request.user.pk,
            "may_propose": request.user.has_perm(MAY_PROPOSE),
            "may_decide": request.user.has_perm(MAY_DECIDE),
        }

    def act_view(self, request: HttpRequest, pk: UUID, act: str) -> HttpResponse:
        """Do one thing to a proposal; a refusal is said on its page."""
        needed = MAY_PROPOSE if act in OWN_ACTS else MAY_DECIDE
        if act not in ("prove", *ACTS) or not request.user.has_perm(needed):
            raise PermissionDenied
        found = get_object_or_404(LoginChange.objects.select_related("holder", "code"), pk=pk)
        form = CodeForm(request.POST)
        typed = form.cleaned_data["code"] if form.is_valid() else ""
        assert isinstance(request.user, User)
        with refusals_said(request):
            if act == "prove":
                prove_login(change=found, typed=typed, by=request.user, now=timezone.now())
            else:
                ACTS[act](change=found, by=request.user, now=timezone.now())
            self.log_change(request, found, f"{act}.")
            messages.success(request, _("已办理。"))
        return redirect(_page_of(pk))


def _page_of(pk: UUID) -> str:
    return reverse("admin:wallet_loginchange_change", args=[pk])
