"""Carriers, what they attest, what we asked of them, and where they differ from us."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.apps import apps
from django.contrib import admin, messages
from django.db import models
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin
from unfold.widgets import UnfoldAdminURLInputWidget

from ledger.audit.admin import ReadOnlyAdmin
from wallet.carriers.instructions.operations import resolve_break
from wallet.carriers.models import Break, Carrier, Instruction, StatementDay, Usage, UsageFile
from wallet.carriers.rules import masked_in


class ReadOnly(ReadOnlyAdmin):
    """A table an admin reads; only operations write it.

    Phone numbers in the fields named by `masked` are shown without their middle, and what is
    personal in full only through the desk, for a reason: `personal` is its kind there.
    """

    masked: tuple[str, ...] = ()
    personal = ""
    change_form_before_template = "audit/personal_link.html"

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for name in self.masked:
            setattr(self, f"{name}_masked", _masking(name))

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        """Put what is masked in the place of what is not."""
        fields = super().get_fields(request, obj)
        return [f"{name}_masked" if name in self.masked else name for name in fields]

    def context_of(self, request: HttpRequest, row: Any) -> dict[str, Any]:
        """Lead to what is personal, where something is."""
        return {"personal": (self.personal, row.pk)} if self.personal else {}


def _masking(name: str) -> Callable[[Any], str]:
    @admin.display(description=name.replace("_", " "))
    def shown(row: Any) -> str:
        return masked_in(text=str(getattr(row, name) or "").removeprefix("+86"))

    return shown


class OfNumbers(ReadOnly):
    """Rows about phone numbers, found by the id of a number: for a phone, ask the desk.

    There the search is written down, and leads to the number's lines, whose address has the id.
    """

    masked = ("msisdn",)
    search_fields = ("id__exact",)
    search_help_text = _("编号，或号码的编号（line/… 里的那一段）")

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        if not search_term:
            return queryset, False
        try:
            named = UUID(search_term.strip())
        except ValueError:
            return queryset.none(), False
        # Numbers are known to the folder above; their table is asked by its name.
        numbers = apps.get_model("wallet", "Number").objects.filter(pk=named)
        among = Q(msisdn__in=list(numbers.values_list("msisdn", flat=True)))
        if isinstance(queryset.model._meta.pk, models.UUIDField):
            among |= Q(pk=named)
        return queryset.filter(among), False


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
class UsageAdmin(OfNumbers):
    """What usage files attest."""

    list_display = (
        "msisdn_masked",
        "carrier",
        "month",
        "package",
        "kind",
        "allowance_mb",
        "used_mb",
    )
    list_filter = ("carrier", "month", "kind", "final")


@admin.register(UsageFile)
class UsageFileAdmin(ReadOnly):
    """Usage files that were read."""

    list_display = ("name", "lines", "bad_lines", "read_at")


@admin.register(Instruction)
class InstructionAdmin(OfNumbers):
    """What we asked of carriers and how far it has come."""

    list_display = ("id", "carrier", "kind", "mb", "state", "reason", "attempts", "created_at")
    list_filter = ("carrier", "kind", "state")
    personal = "instruction"


@admin.register(StatementDay)
class StatementDayAdmin(ReadOnly):
    """Statements as they were last read."""

    list_display = ("carrier", "day", "final", "lines", "read_at")
    list_filter = ("carrier", "final")


@admin.register(Break)
class BreakAdmin(ReadOnly):
    """Differences between us and a carrier."""

    masked = ("reference", "facts")
    list_display = ("carrier", "kind", "reference_masked", "found_at", "resolved_at", "resolved_by")
    list_filter = ("carrier", "kind", ("resolved_at", admin.EmptyFieldListFilter))
    search_fields = ("reference__exact",)
    ordering = ("-found_at", "-id")
    actions = ("resolve_chosen",)

    def has_resolve_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("wallet.change_break")

    @admin.action(description=_("标为已与运营商核清"), permissions=("resolve",))
    def resolve_chosen(self, request: HttpRequest, chosen: QuerySet[Break, Any]) -> None:
        for found in chosen:
            resolve_break(
                found=found,
                resolution="Settled with the carrier.",
                actor=f"admin/{request.user.pk}",
                now=timezone.now(),
            )
            self.log_change(request, found, "Settled with the carrier.")
        self.message_user(request, f"{len(chosen)} settled.", messages.SUCCESS)
