"""Read-only rooms of the admin: accounts, transactions, months. Nothing here can be changed."""

from typing import Any, cast
from uuid import UUID

from django.contrib import admin
from django.core.paginator import Paginator
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.functional import cached_property
from unfold.admin import ModelAdmin

from ledger.audit.queries import account_view, legs_of, reversal_of
from ledger.models import Account, Month, Transaction
from ledger.months.models import Close
from ledger.months.queries import progress_of, totals_of

PAGES_MAX = 200


class UncountedPaginator(Paginator):  # type: ignore[type-arg]
    """Pages through a table too long to count: it claims a bounded number of rows."""

    @cached_property
    def count(self) -> int:
        """Return how many rows can be paged to; never asks the whole table."""
        rows = cast("QuerySet[Any]", self.object_list)
        return rows[: self.per_page * PAGES_MAX].count()


class ReadOnlyAdmin(ModelAdmin):  # type: ignore[misc]
    """An admin page that shows and never changes."""

    show_full_result_count = False
    paginator = UncountedPaginator
    list_per_page = 50
    actions = None

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        row = self.get_object(request, object_id)
        context = {**(extra_context or {}), **(self.context_of(request, row) if row else {})}
        answer: HttpResponse = super().change_view(request, object_id, form_url, context)
        return answer

    def context_of(self, request: HttpRequest, row: Any) -> dict[str, Any]:
        """Return what the row's page shows beside its fields."""
        return {}


@admin.register(Account)
class AccountAdmin(ReadOnlyAdmin):
    """Accounts by address: what is in each, and how it got there."""

    list_display = ("address", "asset", "kind", "held", "opened_at")
    search_fields = ("address__startswith",)
    search_help_text = "The beginning of an address, such as gift/… or holder/…"
    ordering = ("address", "asset")
    list_filter = ("kind",)
    list_select_related = ("balance",)
    change_form_template = "audit/account.html"

    @admin.display(description="balance")
    def held(self, account: Account) -> int | str:
        """Return a tracked account's balance; an untracked one's is on its own page."""
        return account.balance.balance if account.tracked else "–"

    def context_of(self, request: HttpRequest, row: Any) -> dict[str, Any]:
        before = request.GET.get("before", "")
        return {"view": account_view(row, before=int(before) if before.isdigit() else None)}


@admin.register(Transaction)
class TransactionAdmin(ReadOnlyAdmin):
    """A transaction with its legs and what caused it."""

    list_display = ("id", "kind", "month", "at", "actor")
    search_fields = ("id",)
    search_help_text = "A transaction's whole id"
    list_filter = ("kind", "month")
    ordering = ("-month", "-at", "-id")
    change_form_template = "audit/transaction.html"

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        if not search_term:
            return queryset, False
        try:
            return queryset.filter(pk=UUID(search_term.strip())), False
        except ValueError:
            return queryset.none(), False

    def context_of(self, request: HttpRequest, row: Any) -> dict[str, Any]:
        return {"legs": legs_of(row.pk), "reversal": reversal_of(row)}


@admin.register(Month)
class MonthAdmin(ReadOnlyAdmin):
    """Months: open, closing or closed, and how far a close has come."""

    list_display = ("month", "state", "closing_at", "closed_at")
    ordering = ("-month",)
    change_form_template = "audit/month.html"

    def context_of(self, request: HttpRequest, row: Any) -> dict[str, Any]:
        close = Close.objects.filter(pk=row.pk).first()
        if close is None:
            return {}
        return {"close": close, "stages": progress_of(close), "totals": totals_of(close)}
