"""Refund lists: what each issuer owes to whom, and what was paid under which reference."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from ledger.audit.pages.desk import actor_of
from wallet.carriers.admin import ReadOnly
from wallet.clearing.rules import in_yuan
from wallet.holders.pages import form_refusals
from wallet.refunds.models import CashRefund
from wallet.refunds.operations import REFERENCE_LENGTH_MAX, note_refund_paid

MAY_PAY = "wallet.pay_cashrefund"


class PaymentForm(forms.Form):
    """The reference by which the bank knows a payment."""

    reference = forms.CharField(label=_("银行流水号"), max_length=REFERENCE_LENGTH_MAX)


@admin.register(CashRefund)
class CashRefundAdmin(ReadOnly):
    """Coins that could not be delivered, and the money owed for them."""

    list_display = ("listed_at", "issuer", "coins", "yuan", "address", "paid_at", "reference")
    list_filter = ("issuer", ("paid_at", admin.EmptyFieldListFilter))
    search_fields = ("id__exact", "holder__id__exact", "reference")
    ordering = ("-listed_at", "-id")
    change_form_template = "refunds/admin.html"

    @admin.display(description=_("元"))
    def yuan(self, row: CashRefund) -> str:
        """Return what is owed, in yuan."""
        return in_yuan(row.fen)

    def get_urls(self) -> list[URLPattern]:
        """Add the door at which a payment is noted."""
        paid = self.admin_site.admin_view(require_POST(self.paid_view))
        urls: list[URLPattern] = super().get_urls()
        return [path("<uuid:refund>/paid/", paid, name="wallet_cashrefund_paid"), *urls]

    def context_of(self, request: HttpRequest, row: Any) -> dict[str, Any]:
        """Offer to note the payment of what is owed to somebody and not paid."""
        may_pay = row.paid_at is None and row.holder_id and request.user.has_perm(MAY_PAY)
        return {**super().context_of(request, row), "may_pay": may_pay, "payment": PaymentForm()}

    def paid_view(self, request: HttpRequest, refund: UUID) -> HttpResponse:
        """Note a payment, or show the line again with what was wrong."""
        if not request.user.has_perm(MAY_PAY):
            raise PermissionDenied
        found = get_object_or_404(CashRefund, pk=refund)
        form = PaymentForm(request.POST)
        if form.is_valid():
            with form_refusals(form):
                reference = form.cleaned_data["reference"]
                now = timezone.now()
                note_refund_paid(refund=found, reference=reference, by=actor_of(request), now=now)
                self.log_change(request, found, "Paid.")
                return redirect(reverse("admin:wallet_cashrefund_change", args=[found.pk]))
        request.method = "GET"
        shown = self.change_view(request, str(found.pk), extra_context={"payment": form})
        shown.status_code = 422
        return shown
