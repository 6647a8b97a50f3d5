"""Differences between us and carriers, and how they were settled."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from wallet.carriers.admin.bases import ReadOnly
from wallet.carriers.instructions.operations import resolve_break
from wallet.carriers.models import Break


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
