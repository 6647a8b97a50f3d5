"""Read the policy table, as of any instant, and add dated rows; nothing is edited or deleted."""

from datetime import datetime
from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin
from unfold.widgets import UnfoldAdminSelectWidget

from ledger.audit.pages.desk import shown
from ledger.refusals import Refusal
from wallet.policy.models import PolicyRow
from wallet.policy.operations import set_policy
from wallet.policy.queries import policies_on
from wallet.policy.sentences import MEANINGS


class PolicyForm(forms.ModelForm):  # type: ignore[type-arg]
    """A new value: what, from when, why."""

    key = forms.ChoiceField(
        label=_("政策"),
        choices=lambda: [(key, f"{key}: {words}") for key, words in sorted(MEANINGS.items())],
        widget=UnfoldAdminSelectWidget,
    )

    class Meta:
        model = PolicyRow
        fields = ("key", "scope", "value", "starts_at", "reason")
        labels = {
            "scope": _("范围"),
            "value": _("值"),
            "starts_at": _("从什么时候起"),
            "reason": _("为什么"),
        }
        help_texts = {
            "scope": _("留空是处处适用；或 tier.1、CT、CT.广东。"),
            "value": _("数、true、false、带引号的字，或一个列表。"),
            "starts_at": _("不能早于现在：决定过的事不会改。"),
        }

    set_by = ""

    def clean(self) -> dict[str, Any] | None:
        """Try the change as the operation would, so that its refusal shows beside the form."""
        cleaned = super().clean()
        if not self.errors:
            self.instance = self._set()
        return cleaned

    def _set(self) -> PolicyRow:
        try:
            return set_policy(**self.cleaned_data, set_by=self.set_by, now=timezone.now())
        except Refusal as refusal:
            raise forms.ValidationError(refusal.message, code=refusal.code) from refusal

    def _post_clean(self) -> None:
        """Leave the instance alone: it is already the row that was stored."""


class InstantForm(forms.Form):
    """The instant (Asia/Shanghai) whose policy is asked for."""

    at = forms.DateTimeField(
        label=_("在"),
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )


@admin.register(PolicyRow)
class PolicyRowAdmin(ModelAdmin):  # type: ignore[misc]
    """The policy table."""

    form = PolicyForm
    list_display = ("key", "scope", "value", "starts_at", "set_by", "set_at", "reason")
    list_filter = ("scope",)
    search_fields = ("key", "reason")
    ordering = ("key", "scope", "-starts_at")
    readonly_fields = ("meaning",)

    @admin.display(description=_("作用"))
    def meaning(self, row: PolicyRow) -> str:
        """Say what the policy does."""
        return str(MEANINGS.get(row.key, ""))

    def get_fields(self, request: HttpRequest, obj: PolicyRow | None = None) -> Any:
        """Ask for a row's content; show who set it, and what the policy does, once it is there."""
        return PolicyForm.Meta.fields if obj is None else ("meaning", *self.list_display)

    def get_urls(self) -> list[URLPattern]:
        """Add the page of the policy in force at an instant."""
        view = self.admin_site.admin_view(self.in_force_view)
        urls: list[URLPattern] = super().get_urls()
        return [path("in-force/", view, name="wallet_policyrow_in_force"), *urls]

    def in_force_view(self, request: HttpRequest) -> HttpResponse:
        """Show every policy as an instant has it, what it does, and what will change it."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        form = InstantForm(request.GET or None)
        asked: datetime | None = form.cleaned_data.get("at") if form.is_valid() else None
        at = asked or timezone.now()
        policies = [(found, MEANINGS.get(found.row.key, "")) for found in policies_on(at)]
        return shown(
            request,
            "policy/in_force.html",
            title=_("政策"),
            form=form,
            at=at,
            policies=policies,
            may_add=self.has_add_permission(request),
        )

    def get_form(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """Tell the form who asks."""
        form = super().get_form(request, *args, **kwargs)
        form.set_by = f"admin/{request.user.pk}"
        return form

    def save_model(self, *unused: object) -> None:
        """Store nothing more: the form's operation has stored the row."""

    def has_change_permission(self, request: HttpRequest, obj: PolicyRow | None = None) -> bool:
        """Rows are never edited."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: PolicyRow | None = None) -> bool:
        """Rows are never deleted."""
        return False
