"""Invoices as the staff sees them: sums, lines, and who pays a merchant's."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from ledger.audit.admin import ReadOnlyAdmin
from ledger.rules import month_name
from wallet.clearing.rules import in_yuan
from wallet.holders.rules import opaque_id
from wallet.invoices.models import Invoice
from wallet.invoices.pages import told
from wallet.invoices.sentences import due_words_for_staff


@admin.register(Invoice)
class InvoiceAdmin(ReadOnlyAdmin):
    """A month's invoices, the newest first."""

    list_display = ("month_named", "holder", "side", "ordered", "corrected", "due")
    list_filter = ("side", "month")
    list_select_related = ("holder",)
    search_fields = ("holder__name",)
    ordering = ("-month", "-id")
    fields = ("id", "month_named", "holder", "side", "made_at")
    readonly_fields = fields
    change_form_template = "invoices/admin.html"

    @admin.display(description=_("月份"), ordering="month")
    def month_named(self, row: Invoice) -> str:
        """Return the month as 2026-11."""
        return month_name(row.month)

    @admin.display(description=_("采购（元）"))
    def ordered(self, row: Invoice) -> str:
        """Return what a sponsor ordered, in yuan; a merchant orders nothing."""
        return in_yuan(row.ordered_fen) if row.side == Invoice.Side.SPONSOR else "–"

    @admin.display(description=_("更正（元）"))
    def corrected(self, row: Invoice) -> str:
        """Return what corrections changed, in yuan."""
        return in_yuan(row.corrected_fen)

    @admin.display(description=_("应付或应收（元）"))
    def due(self, row: Invoice) -> str:
        """Return what is due and to whom, in yuan."""
        words, fen = _due(row)
        return f"{words} {in_yuan(fen)}"

    def context_of(self, request: HttpRequest, row: Any) -> dict[str, Any]:
        return {**told(row), "due": _due(row), "invoice_name": opaque_id("ivc", row.pk)}


def _due(row: Invoice) -> tuple[str, int]:
    return due_words_for_staff(side=row.side, fen=row.due_fen), abs(row.due_fen)
