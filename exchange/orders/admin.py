"""Books, orders, the log and the trades, as an admin reads them; halts, and busts proposed."""

from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.views.main import SEARCH_VAR
from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from exchange.orders.models import Book, Event, Order, Trade
from exchange.orders.operations import halt_book, propose_bust, resume_book
from exchange.orders.queries import asked_phase, events_of, operated_of
from ledger.adjustments.pages import person_of
from ledger.audit.admin import ReadOnlyAdmin
from wallet.holders.pages import refusals_said

MAY_OPERATE = "exchange.change_book"
MAY_PROPOSE = "ledger.add_proposal"
ACTS = {"halt": halt_book, "resume": resume_book}


def _id_in(text: str) -> UUID | None:
    """Return the id that somebody searches for: compared as text, no index would find it."""
    try:
        return UUID(text.strip())
    except ValueError:
        return None


class ReasonForm(forms.Form):
    """Why; the key makes a form sent twice happen once."""

    key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)
    reason = forms.CharField(
        label=_("为什么"), max_length=500, widget=forms.Textarea(attrs={"rows": 2})
    )


@admin.register(Book)
class BookAdmin(ReadOnlyAdmin):
    """The books, how far their logs are booked, and who holds them."""

    list_display = ("carrier", "month", "phase", "cursor", "trades", "lease_until", "closed_at")
    list_filter = ("phase", "carrier")
    ordering = ("-month", "-carrier", "-id")
    change_form_template = "exchange/admin_book.html"

    def get_urls(self) -> list[URLPattern]:
        operate = self.admin_site.admin_view(require_POST(self.operate_view))
        own = [path("<uuid:pk>/operate/<str:act>/", operate, name="exchange_book_operate")]
        urls: list[URLPattern] = super().get_urls()
        return own + urls

    def context_of(self, request: HttpRequest, row: Any) -> dict[str, Any]:
        phase, act = asked_phase(row), ""
        if request.user.has_perm(MAY_OPERATE) and phase != Book.Phase.CLOSED:
            act = "resume" if phase == Book.Phase.HALT else "halt"
        return {"act": act, "form": ReasonForm(), "operated": operated_of(row)}

    def operate_view(self, request: HttpRequest, pk: UUID, act: str) -> HttpResponse:
        """Halt a book or let it go on; a refusal is said on its page."""
        if act not in ACTS or not request.user.has_perm(MAY_OPERATE):
            raise PermissionDenied
        book, form = get_object_or_404(Book, pk=pk), ReasonForm(request.POST)
        if form.is_valid():
            with refusals_said(request):
                said = form.cleaned_data
                by, now = f"admin/{request.user.pk}", timezone.now()
                ACTS[act](book=book, by=by, reason=said["reason"], key=said["key"], now=now)
                self.log_change(request, book, f"{act}: {said['reason']}")
                messages.success(request, _("已写入市场的记录，马上生效。"))
        else:
            messages.error(request, _("请写明为什么。"))
        return redirect(reverse("admin:exchange_book_change", args=[pk]))


@admin.register(Order)
class OrderAdmin(ReadOnlyAdmin):
    """The orders."""

    list_display = (
        "id",
        "book",
        "side",
        "price_coins",
        "lots",
        "open_lots",
        "filled_lots",
        "state",
        "placed_at",
    )
    list_filter = ("state", "side")
    list_select_related = ("book",)
    search_fields = ("id__exact", "holder__id__exact")

    def get_ordering(self, request: HttpRequest) -> tuple[str, ...]:
        """Show a holder's newest first; all orders have no index by time, but the log has it."""
        return ("-placed_at", "-id") if request.GET.get(SEARCH_VAR) else ("-id",)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Order], search_term: str
    ) -> tuple[QuerySet[Order], bool]:
        """Find an order by its id, or a holder's by the holder's, each by its index."""
        if not search_term:
            return queryset, False
        if (sought := _id_in(search_term)) is None:
            return queryset.none(), False
        one = queryset.filter(pk=sought)
        return one if one.exists() else queryset.filter(holder=sought), False


@admin.register(Event)
class EventAdmin(ReadOnlyAdmin):
    """The log of accepted events, with the numbers the writer gave them."""

    list_display = ("id", "book", "kind", "of_order", "number", "outcome", "accepted_at")
    list_filter = ("kind",)
    list_select_related = ("book", "turn")
    search_fields = ("order__id__exact",)

    def get_ordering(self, request: HttpRequest) -> tuple[str, ...]:
        """Show the latest first; an order's are few, and would not be looked for among all."""
        return ("-accepted_at", "-id") if request.GET.get(SEARCH_VAR) else ("-id",)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Event], search_term: str
    ) -> tuple[QuerySet[Event], bool]:
        """Find the events of an order by its id."""
        if not search_term:
            return queryset, False
        sought = _id_in(search_term)
        order = Order.objects.filter(pk=sought).first() if sought else None
        return (queryset & events_of(order) if order else queryset.none()), False

    @admin.display(description=_("哪张单"))
    def of_order(self, event: Event) -> UUID | None:
        """Return the order's id, without reading the order."""
        return event.order_id

    @admin.display(description=_("在日志里的序号"))
    def number(self, event: Event) -> int | None:
        """Return which in the book's log the event is, once it has had its turn."""
        return event.turn.number if hasattr(event, "turn") else None

    @admin.display(description=_("结果"))
    def outcome(self, event: Event) -> str:
        """Return what came of the event."""
        return event.turn.outcome if hasattr(event, "turn") else ""


@admin.register(Trade)
class TradeAdmin(ReadOnlyAdmin):
    """The trades, newest first in each book; a trade's id is its transaction's."""

    list_display = ("id", "book", "number", "price_coins", "lots", "taker", "traded_at")
    list_filter = ("book",)
    list_select_related = ("book",)
    search_fields = ("id__exact", "buy__id__exact", "sell__id__exact")
    ordering = ("-book", "-number")
    change_form_template = "exchange/admin_trade.html"

    def get_urls(self) -> list[URLPattern]:
        bust = self.admin_site.admin_view(require_POST(self.bust_view))
        own = [path("<uuid:pk>/bust/", bust, name="exchange_trade_bust")]
        urls: list[URLPattern] = super().get_urls()
        return own + urls

    def context_of(self, request: HttpRequest, row: Any) -> dict[str, Any]:
        may = row.busted_at is None and request.user.has_perm(MAY_PROPOSE)
        return {"may_bust": may, "form": ReasonForm()}

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Trade], search_term: str
    ) -> tuple[QuerySet[Trade], bool]:
        """Find a trade by its id, or an order's trades by the order's, each by its index."""
        if not search_term:
            return queryset, False
        if (sought := _id_in(search_term)) is None:
            return queryset.none(), False
        return queryset.filter(Q(pk=sought) | Q(buy=sought) | Q(sell=sought)), False

    def bust_view(self, request: HttpRequest, pk: UUID) -> HttpResponse:
        """Propose to undo a trade, and lead to the proposal; a refusal is said on its page."""
        if not request.user.has_perm(MAY_PROPOSE):
            raise PermissionDenied
        trade, form = get_object_or_404(Trade, pk=pk), ReasonForm(request.POST)
        if not form.is_valid():
            messages.error(request, _("请写明为什么。"))
            return redirect(reverse("admin:exchange_trade_change", args=[pk]))
        with refusals_said(request):
            said = form.cleaned_data
            proposal = propose_bust(
                trades=[trade],
                reason=said["reason"],
                by=person_of(request),
                key=said["key"],
                now=timezone.now(),
            )
            self.log_change(request, trade, "Bust proposed.")
            return redirect(reverse("admin:ledger_proposal_change", args=[proposal.pk]))
        return redirect(reverse("admin:exchange_trade_change", args=[pk]))
