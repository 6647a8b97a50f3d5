"""Accounts, transactions, months, and who looked at whom: read, never changed."""

from collections.abc import Callable, Sequence
from io import TextIOWrapper
from tempfile import TemporaryFile
from typing import Any
from uuid import UUID

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import OperationalError
from django.db.models import QuerySet
from django.http import FileResponse, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from ledger.audit.admin.base import ReadOnlyAdmin
from ledger.audit.admin.statement import RangeForm, asked_in
from ledger.audit.models import Look
from ledger.audit.queries import legs_of, reversal_of
from ledger.audit.queries.accounts import account_view
from ledger.models import Account, Leaf, Month, Transaction, TransactionKind
from ledger.months.models import Close
from ledger.months.operations import BALANCES, rehearse_close, unknown_stages
from ledger.months.queries import course_of, months_missing, progress_of, totals_of
from ledger.months.rules import Largest, MovedLine, csv_of_lines
from ledger.months.sentences import said
from ledger.refusals import Refusal
from ledger.registry import cause_of_transaction, stages
from ledger.rules import count_said, month_name, month_named, month_of
from ledger.seals.queries import head_fields, head_of_month
from ledger.sections import OF_MONTH
from ledger.statements.rules import place_name

MAY_REHEARSE = "ledger.change_close"
LARGEST_SHOWN = 10
NAMES_FEW = 12  # characters: a beginning that long is that of one thing, or of a few


class KindFilter(admin.SimpleListFilter):
    """Kinds of transactions, read from the chart: the table itself is too long to ask."""

    title = _("种类")
    parameter_name = "kind"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        names = TransactionKind.objects.order_by("name").values_list("name", flat=True)
        return [(name, name) for name in names]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(kind=self.value()) if self.value() else queryset


class MonthFilter(admin.SimpleListFilter):
    """The ledger's months, the newest first, up to one that has begun or is about to."""

    title = _("月份")
    parameter_name = "month"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        months = Month.objects.order_by("-month").values_list("month", flat=True)
        return [(month_name(month), month_name(month)) for month in months]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        try:
            return queryset.filter(month=month_named(self.value() or ""))
        except ValueError:
            return queryset


@admin.register(Account)
class AccountAdmin(ReadOnlyAdmin):
    """Accounts by address: what is in each, and how it got there."""

    list_display = ("address", "asset", "kind", "held", "opened_at")
    search_fields = ("address__startswith",)
    search_help_text = _("地址的开头，例如 gift/… 或 holder/…")
    # As they were hashed: the one order the whole table has an index for.
    ordering = ("id",)
    list_filter = ("kind",)
    list_select_related = ("balance",)
    change_form_template = "audit/account.html"

    def get_ordering(self, request: HttpRequest) -> Sequence[str]:
        """Order by address when few are asked for."""
        is_short = len(request.GET.get("q", "").strip()) < NAMES_FEW
        return self.ordering if is_short else ("address", "asset")

    @admin.display(description=_("余额"))
    def held(self, account: Account) -> int | str:
        """Return a tracked account's balance; an untracked one's is on its own page."""
        return account.balance.balance if account.tracked else "–"

    def context_of(self, request: HttpRequest, row: Any) -> dict[str, Any]:
        form = RangeForm(request.GET or None)
        asked = asked_in(request, form)
        view = account_view(row, asked=asked)
        older, newer = view.statement.before, view.statement.after
        return {
            "view": view,
            "asked": asked,
            "form": form,
            "lines": view.statement.lines[::-1],
            "older": place_name(older) if older else "",
            "newer": place_name(newer) if newer else "",
        }


@admin.register(Transaction)
class TransactionAdmin(ReadOnlyAdmin):
    """A transaction with its legs and what caused it."""

    list_display = ("id", "kind", "month", "at", "actor")
    search_fields = ("id",)
    search_help_text = _("一笔交易的完整编号")
    list_filter = (KindFilter, MonthFilter)
    # As they were written, the newest first: the order that has an index.
    ordering = ("-epoch", "-xid", "-id")
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
        return {
            "legs": legs_of(row.pk),
            "reversal": reversal_of(row),
            "cause": cause_of_transaction(kind=row.kind, metadata=row.metadata),
            "is_sealed": Leaf.objects.filter(transaction_id=row.pk).exists(),
        }


@admin.register(Month)
class MonthAdmin(ReadOnlyAdmin):
    """Months: open, closing or closed, and how far a close has come."""

    list_display = ("month", "state", "closing_at", "closed_at")
    ordering = ("-month",)
    change_form_template = "audit/month.html"

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Name the months that are missing ahead above the list."""
        missing = months_missing(now=timezone.now())
        if missing:
            names = "、".join(month_name(month) for month in missing)
            said = _("这些月份缺少分区，无法记账：%(months)s") % {"months": names}
            self.message_user(request, said, messages.ERROR)
        answer: HttpResponse = super().changelist_view(request, extra_context)
        return answer

    def context_of(self, request: HttpRequest, row: Any) -> dict[str, Any]:
        close = Close.objects.filter(pk=row.pk).first()
        head = head_of_month(row.pk)
        seal = {"head": head_fields(head)} if head else {}
        if close is None:
            has_ended = row.state == Month.State.OPEN and row.pk < month_of(timezone.now())
            return {**seal, "may_rehearse": has_ended and request.user.has_perm(MAY_REHEARSE)}
        page = count_said(request.GET.get("page", ""))
        titles, stages = _titles(), progress_of(close)
        at = next((titles.get(one.stage, one.stage) for one in stages if not one.is_done), None)
        return {
            **seal,
            "close": close,
            "course": course_of(close, now=timezone.now()),
            "at_stage": at or _("查证与封存"),
            "month": month_name(row.pk),
            "unknown": ", ".join(unknown_stages(close)),
            "stages": [(titles.get(one.stage, one.stage), one) for one in stages],
            "totals": [(titles.get(one, one), sums) for one, sums in totals_of(close).items()],
            "sections": OF_MONTH.built(row.pk, page) if close.ended_at else [],
        }

    def get_urls(self) -> list[URLPattern]:
        rehearse = self.admin_site.admin_view(require_POST(self.rehearse_view))
        lines = self.admin_site.admin_view(require_POST(self.lines_view))
        own = [
            path("<path:month>/rehearse/lines/", lines, name="ledger_month_rehearse_lines"),
            path("<path:month>/rehearse/", rehearse, name="ledger_month_rehearse"),
        ]
        urls: list[URLPattern] = super().get_urls()
        return own + urls

    def rehearse_view(self, request: HttpRequest, month: str) -> HttpResponse:
        """Show to the coin what closing a month would post: the close runs, and is undone."""
        row, largest = self._to_rehearse(request, month), Largest(most=LARGEST_SHOWN)
        shown = _rehearsed(row, take=largest)
        by_stage = largest.by_stage()
        if "rehearsed" in shown:
            totals, titles = shown["rehearsed"].items(), _titles()
            shown["lines"] = largest.lines
            shown["rehearsed"] = [
                (titles.get(one, one), sums, by_stage.get(one, [])) for one, sums in totals
            ]
        request.method = "GET"
        return self.change_view(request, month, extra_context=shown)

    def lines_view(self, request: HttpRequest, month: str) -> HttpResponseBase:
        """Send every line that closing a month would move, as CSV."""
        row = self._to_rehearse(request, month)
        lines = TextIOWrapper(TemporaryFile(), encoding="utf-8", newline="")  # noqa: SIM115  sent
        shown = _rehearsed(row, take=csv_of_lines(lines))
        if "rehearsed" not in shown:
            lines.close()
            request.method = "GET"
            return self.change_view(request, month, extra_context=shown)
        lines.flush()
        raw = lines.detach()
        raw.seek(0)
        return FileResponse(raw, as_attachment=True, filename=f"rehearsal-{month}.csv")

    def _to_rehearse(self, request: HttpRequest, month: str) -> Month:
        row: Month | None = self.get_object(request, month)
        if row is None or not request.user.has_perm(MAY_REHEARSE):
            raise PermissionDenied
        return row


def _titles() -> dict[str, object]:
    """Return what each stage of a close does, in words."""
    return {stage.name: stage.title or stage.name for stage in [*stages(), BALANCES]}


def _rehearsed(row: Month, *, take: Callable[[MovedLine], None]) -> dict[str, Any]:
    """Return what closing a month would post, or why it cannot be tried."""
    try:
        return {"rehearsed": rehearse_close(month=row.pk, now=timezone.now(), take=take)}
    except Refusal as refusal:
        return {"rehearsal_refused": said(refusal), "rehearsal_message": refusal.message}
    except OperationalError:
        return {"rehearsal_refused": _("有人正在用要动的账户，过一会儿再试。")}


@admin.register(Look)
class LookAdmin(ReadOnlyAdmin):
    """Looks of the staff at personal data, the newest first."""

    list_display = ("at", "by", "kind", "subject", "reason")
    list_filter = ("kind",)
    search_fields = ("subject__exact", "by__exact")
    search_help_text = _("谁（admin/…）或看了谁（holder/…），完整地写")
    ordering = ("-id",)
