"""Invoices as the staff sees them: sums, lines, and who pays a merchant's."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from ledger.audit.admin import ReadOnlyAdmin
from ledger.rules import month_name
from wallet.holders.rules import opaque_id
from wallet.invoices.models import Invoice
from wallet.invoices.pages import told


@admin.register(Invoice)
class InvoiceAdmin(ReadOnlyAdmin):
    """A month's invoices, the newest first."""

    list_display = ("month_named", "holder", "side", "ordered_fen", "corrected_fen", "due_fen")
    list_filter = ("side", "month")
    list_select_related = ("holder",)
    search_fields = ("holder__name",)
    ordering = ("-month", "-id")
    change_form_template = "invoices/admin.html"

    @admin.display(description=_("月份"), ordering="month")
    def month_named(self, row: Invoice) -> str:
        """Return the month as 2026-11."""
        return month_name(row.month)

    def context_of(self, request: HttpRequest, row: Any) -> dict[str, Any]:
        return {**told(row), "invoice_name": opaque_id("ivc", row.pk)}
