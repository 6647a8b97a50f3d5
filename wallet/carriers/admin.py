"""Carriers, what they attest, what we asked of them, and where they differ from us."""

from typing import Any

from django.contrib import admin, messages
from django.db import models
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from unfold.admin import ModelAdmin
from unfold.widgets import UnfoldAdminURLInputWidget

from wallet.carriers.instructions.operations import resolve_break
from wallet.carriers.models import Break, Carrier, Instruction, StatementDay, Usage, UsageFile
from wallet.carriers.rules import masked


class ReadOnly(ModelAdmin):  # type: ignore[misc]
    """A table an admin reads; only operations write it."""

    def has_add_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False


@admin.register(Carrier)
class CarrierAdmin(ModelAdmin):  # type: ignore[misc]
    """Carriers: a new one joins by a row."""

    list_display = (
        "code",
        "name_zh",
        "name_en",
        "is_virtual",
        "adaptor",
        "base_url",
        "rests_until",
    )
    readonly_fields = ("misses", "rests_until")
    formfield_overrides = {
        models.URLField: {"assume_scheme": "https", "widget": UnfoldAdminURLInputWidget}
    }

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False


@admin.register(Usage)
class UsageAdmin(ReadOnly):
    """What usage files attest."""

    list_display = ("number", "carrier", "month", "package", "kind", "allowance_mb", "used_mb")
    list_filter = ("carrier", "month", "kind", "final")
    search_fields = ("msisdn__exact",)
    show_full_result_count = False

    @admin.display(description="number")
    def number(self, usage: Usage) -> str:
        return masked(msisdn=usage.msisdn)


@admin.register(UsageFile)
class UsageFileAdmin(ReadOnly):
    """Usage files that were read."""

    list_display = ("name", "lines", "bad_lines", "read_at")


@admin.register(Instruction)
class InstructionAdmin(ReadOnly):
    """What we asked of carriers and how far it has come."""

    list_display = ("id", "carrier", "kind", "mb", "state", "reason", "attempts", "created_at")
    list_filter = ("carrier", "kind", "state")
    search_fields = ("id__exact", "msisdn__exact")
    show_full_result_count = False


@admin.register(StatementDay)
class StatementDayAdmin(ReadOnly):
    """Statements as they were last read."""

    list_display = ("carrier", "day", "final", "lines", "read_at")
    list_filter = ("carrier", "final")


@admin.register(Break)
class BreakAdmin(ReadOnly):
    """Differences between us and a carrier."""

    list_display = ("carrier", "kind", "reference", "found_at", "resolved_at", "resolved_by")
    list_filter = ("carrier", "kind", ("resolved_at", admin.EmptyFieldListFilter))
    search_fields = ("reference",)
    actions = ("resolve_chosen",)

    @admin.action(description="Mark as settled with the carrier")
    def resolve_chosen(self, request: HttpRequest, chosen: QuerySet[Break, Any]) -> None:
        for found in chosen:
            resolve_break(
                found=found,
                resolution="Settled with the carrier.",
                actor=f"admin/{request.user.pk}",
                now=timezone.now(),
            )
        self.message_user(request, f"{len(chosen)} settled.", messages.SUCCESS)
