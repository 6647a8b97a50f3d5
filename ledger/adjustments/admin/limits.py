"""Up to how much each role may propose and approve, as administrators set it."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from ledger.adjustments.models import AdjustmentLimit
from ledger.adjustments.pages import LimitForm
from ledger.audit.admin import ReadOnlyAdmin


@admin.register(AdjustmentLimit)
class AdjustmentLimitAdmin(ReadOnlyAdmin):
    """Up to how much each role may propose and approve; the newest row is in force."""

    form = LimitForm
    list_display = (
        "role",
        "act",
        "units_each_max",
        "units_per_day_max",
        "escrows",
        "open_days",
        "set_by",
        "set_at",
        "reason",
    )
    list_filter = ("role", "act")
    ordering = ("role", "act", "-id")

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        asked = [name for name in self.list_display if name not in {"set_by", "set_at"}]
        return asked if obj is None else self.list_display

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(getattr(request.user, "is_superuser", False))

    def get_form(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        form = super().get_form(request, *args, **kwargs)
        form.set_by = f"admin/{request.user.pk}"
        return form

    def save_model(self, *unused: object) -> None:
        """Store nothing more: the form's operation has stored the row."""
