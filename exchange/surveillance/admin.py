"""The queue of alerts: their evidence, their figures, and what staff decide about them."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from exchange.orders.models import Event
from exchange.surveillance.models import Alert
from exchange.surveillance.operations import act_on_alert, dismiss_alert, look_at_alert
from exchange.surveillance.operations.deciding import REASON_LENGTH_MAX
from exchange.surveillance.queries import WAITING, figures, trades_of
from exchange.surveillance.sentences import ACTS, FIGURES, NAMES, STATES
from ledger.adjustments.pages import person_of
from ledger.audit.admin import ReadOnlyAdmin
from wallet.holders.pages import refusals_said
from wallet.holders.rules import opaque_id

MAY_DECIDE = "exchange.decide_alert"
MAY_PROPOSE = "ledger.add_proposal"
MAY_HALT = "exchange.change_book"
NEEDED = {Alert.Act.HALT: MAY_HALT, Alert.Act.BUST: MAY_PROPOSE}


class DecisionForm(forms.Form):
    """Why; the key makes a form sent twice happen once."""

    key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)
    reason = forms.CharField(
        label=_("理由"), max_length=REASON_LENGTH_MAX, widget=forms.Textarea(attrs={"rows": 2})
    )


@admin.register(Alert)
class AlertAdmin(ReadOnlyAdmin):
    """What was found in the books' logs, the newest first, with how often anything is."""

    list_display = ("id", "book", "name", "findings", "standing", "raised_at", "decided_by")
    list_filter = ("state", "kind", "book__carrier")
    list_select_related = ("book",)
    search_fields = ("id__exact", "holders__id__exact")
    search_help_text = _("提示或用户的完整编号")
    ordering = ("-raised_at", "-id")
    fields = ("book", "kind", "findings", "first_number", "through_number", "began_at", "last_at")
    change_list_template = "exchange/admin_alerts.html"
    change_form_template = "exchange/admin_alert.html"

    @admin.display(description=_("提示"))
    def name(self, alert: Alert) -> str:
        """Return what the kind is called."""
        return str(NAMES[alert.kind])

    @admin.display(description=_("状态"))
    def standing(self, alert: Alert) -> str:
        """Return how the alert stands."""
        return str(STATES[alert.state])

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Show the figures above the queue."""
        found = figures()
        kinds = [(NAMES[kind], count) for kind, count in found.kinds.items()]
        shown = {"figures": found, "kinds": kinds, **(extra_context or {})}
        answer: HttpResponse = super().changelist_view(request, shown)
        return answer

    def get_urls(self) -> list[URLPattern]:
        decide = self.admin_site.admin_view(require_POST(self.decide_view))
        own = [path("<uuid:pk>/decide/<str:act>/", decide, name="exchange_alert_decide")]
        urls: list[URLPattern] = super().get_urls()
        return own + urls

    def context_of(self, request: HttpRequest, row: Any) -> dict[str, Any]:
        may = request.user.has_perm(MAY_DECIDE) and row.state in WAITING
        numbers = {number for one in row.evidence for number in one["events"]}
        return {
            "alert_name": NAMES[row.kind],
            "alert_state": STATES[row.state],
            "alert_act": ACTS.get(row.act, ""),
            "about": [(one.pk, opaque_id("hld", one.pk)) for one in row.holders.order_by("pk")],
            "findings": [
                (
                    datetime.fromisoformat(one["at"]),
                    [(FIGURES[name], figure) for name, figure in one["why"].items()],
                )
                for one in row.evidence
            ],
            "trades": trades_of(row),
            "events": Event.objects.filter(turn__book=row.book_id, turn__number__in=numbers)
            .select_related("turn")
            .order_by("turn__number"),
            "may_decide": may,
            "may_look": may and row.state == Alert.State.OPEN,
            "acts": [
                (act, ACTS[act])
                for act in Alert.Act
                if may and request.user.has_perm(NEEDED.get(act, MAY_DECIDE))
            ],
            "form": DecisionForm(),
            "proposal": row.proposal,
        }

    def decide_view(self, request: HttpRequest, pk: UUID, act: str) -> HttpResponse:
        """Look at an alert, dismiss it or act on it; a refusal is said on its page."""
        if act not in DECISIONS or not self._may(request, act):
            raise PermissionDenied
        alert, form = get_object_or_404(Alert, pk=pk), DecisionForm(request.POST)
        if form.is_valid() or act == "look":
            with refusals_said(request):
                DECISIONS[act](request, alert, form.cleaned_data)
                reason = form.cleaned_data.get("reason", "")
                self.log_change(request, alert, f"{act}: {reason}".removesuffix(": "))
                messages.success(request, _("已经记下。"))
        else:
            messages.error(request, _("请写明理由。"))
        return redirect(reverse("admin:exchange_alert_change", args=[pk]))

    def _may(self, request: HttpRequest, act: str) -> bool:
        needed = NEEDED.get(Alert.Act(act), MAY_DECIDE) if act in Alert.Act.values else MAY_DECIDE
        return request.user.has_perm(MAY_DECIDE) and request.user.has_perm(needed)


Decision = Callable[[HttpRequest, Alert, dict[str, Any]], object]


def _look(request: HttpRequest, alert: Alert, said: dict[str, Any]) -> object:
    return look_at_alert(alert=alert, by=f"admin/{request.user.pk}", now=timezone.now())


def _dismiss(request: HttpRequest, alert: Alert, said: dict[str, Any]) -> object:
    by = f"admin/{request.user.pk}"
    return dismiss_alert(alert=alert, reason=said["reason"], by=by, now=timezone.now())


def _acting(act: Alert.Act) -> Decision:
    def acted(request: HttpRequest, alert: Alert, said: dict[str, Any]) -> object:
        return act_on_alert(
            alert=alert,
            act=act,
            reason=said["reason"],
            by=person_of(request),
            key=said["key"],
            now=timezone.now(),
        )

    return acted


DECISIONS: dict[str, Decision] = {
    "look": _look,
    "dismiss": _dismiss,
    **{str(act): _acting(act) for act in Alert.Act},
}
