"""Read the policy table and add dated rows to it; nothing is edited or deleted."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils import timezone
from unfold.admin import ModelAdmin

from ledger.refusals import Refusal
from wallet.policy.models import PolicyRow
from wallet.policy.operations import set_policy


class PolicyForm(forms.ModelForm):  # type: ignore[type-arg]
    """A new value: what, from when, why."""

    class Meta:
        model = PolicyRow
        fields = ("key", "scope", "value", "starts_at", "reason")

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


@admin.register(PolicyRow)
class PolicyRowAdmin(ModelAdmin):  # type: ignore[misc]
    """The policy table."""

    form = PolicyForm
    list_display = ("key", "scope", "value", "starts_at", "set_by", "set_at", "reason")
    list_filter = ("scope",)
    search_fields = ("key", "reason")
    ordering = ("key", "scope", "-starts_at")

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
