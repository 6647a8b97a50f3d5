"""Carriers' month statements as the staff sees them: answer, propose, and decide as a second person."""

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

from ledger.audit.admin import ReadOnlyAdmin
from ledger.rules import month_name
from wallet.clearing.models import (
    ClearingLine,
    ClearingPayment,
    ClearingStatement,
    ClearingStep,
)
from wallet.clearing.operations import (
    answer_dispute,
    approve_clearing_step,
    decline_clearing_step,
    propose_leaving_out,
    propose_retirement,
)
from wallet.clearing.queries import (
    lines_of,
    may_wait,
    open_steps,
    payments_due,
    sums_of,
    why_not_ready,
)
from wallet.clearing.rules import TEXT_LENGTH_MAX
from wallet.clearing.sentences import LINE_STATES, SENTENCES, STEPS, line_words
from wallet.holders.idempotency import at_the_clock
from wallet.holders.models import User
from wallet.holders.pages import refusals_said
from wallet.holders.rules import opaque_id

MAY_PROPOSE, MAY_DECIDE = "wallet.propose_clearing", "wallet.decide_clearing"
ACTS = {
    "answer": MAY_PROPOSE,
    "leave_out": MAY_PROPOSE,
    "retire": MAY_PROPOSE,
    "approve": MAY_DECIDE,
    "decline": MAY_DECIDE,
}


class ActForm(forms.Form):
    """What is to be done to what: a line or a proposal by its id, with words where they are due."""

    key = forms.UUIDField()
    thing = forms.UUIDField(required=False)
    text = forms.CharField(max_length=TEXT_LENGTH_MAX, required=False)


@admin.register(ClearingStatement)
class ClearingStatementAdmin(ReadOnlyAdmin):
    """Month statements, the newest first."""

    list_display = ("month", "carrier", "made_at", "retired_at")
    list_filter = ("carrier", ("retired_at", admin.EmptyFieldListFilter))
    ordering = ("-clearing", "-id")
    change_form_template = "clearing/admin.html"

    @admin.display(description=_("月份"))
    def month(self, row: ClearingStatement) -> str:
        """Return the month as 2026-11."""
        return month_name(row.clearing_id)

    def get_urls(self) -> list[URLPattern]:
        act = self.admin_site.admin_view(require_POST(self.act_view))
        own = [path("<uuid:pk>/<str:act>/do/", act, name="wallet_clearingstatement_act")]
        urls: list[URLPattern] = super().get_urls()
        return own + urls

    def context_of(self, request: HttpRequest, row: Any) -> dict[str, Any]:
        own = request.user.pk
        return {
            "sums": sums_of(row),
            "lines": [
                (
                    line,
                    line_words(line.kind),
                    LINE_STATES[ClearingLine.State(line.state)],
                    line.state == "disputed" and line.side == "credit" and may_wait(line),
                )
                for line in lines_of(row)
            ],
            "counted_on": SENTENCES["line_counted_on"],
            "dues": payments_due(row.clearing),
            "steps": [
                (step, STEPS[ClearingStep.Kind(step.kind)], step.proposed_by_id == own)
                for step in open_steps(row)
            ],
            "decided": row.steps.exclude(outcome="").order_by("-decided_at"),
            "is_ready": row.retired_at is None and not why_not_ready(row),
            "may_propose": row.retired_at is None and request.user.has_perm(MAY_PROPOSE),
            "may_decide": request.user.has_perm(MAY_DECIDE),
            "statement_name": opaque_id("stm", row.pk),
            "new_key": uuid4(),
        }

    def act_view(self, request: HttpRequest, pk: UUID, act: str) -> HttpResponse:
        """Do one thing to a statement; a refusal is said on its page."""
        if act not in ACTS or not request.user.has_perm(ACTS[act]):
            raise PermissionDenied
        found = get_object_or_404(ClearingStatement, pk=pk)
        form = ActForm(request.POST)
        if form.is_valid():
            with refusals_said(request):
                _do(act, found, asked=form.cleaned_data, by=_person(request))
                self.log_change(request, found, f"{act}.")
                messages.success(request, _("已办理。"))
        else:
            messages.error(request, _("请用 1 到 500 个字写明。"))
        return redirect(reverse("admin:wallet_clearingstatement_change", args=[pk]))


def _do(act: str, found: ClearingStatement, *, asked: dict[str, Any], by: User) -> None:
    thing, text, key = asked["thing"], asked["text"], asked["key"]
    now = timezone.now()
    if act == "retire":
        propose_retirement(statement=found, reason=text, by=by, key=key, now=now)
        return
    if act in ("approve", "decline"):
        step = get_object_or_404(found.steps.select_related("statement"), pk=thing)
        decide = approve_clearing_step if act == "approve" else decline_clearing_step
        at_the_clock(lambda at: decide(step=step, by=by, now=at))
        return
    line = get_object_or_404(found.lines.select_related("statement"), pk=thing)
    if act == "answer":
        answer_dispute(line=line, answer=text, by=by, now=now)
    else:
        propose_leaving_out(line=line, reason=text, by=by, key=key, now=now)


def _person(request: HttpRequest) -> User:
    assert isinstance(request.user, User)
    return request.user


@admin.register(ClearingPayment)
class ClearingPaymentAdmin(ReadOnlyAdmin):
    """What carriers pay each other for a month that is settled."""

    list_display = ("clearing", "debtor", "creditor", "fen")
    list_filter = ("debtor", "creditor")
    ordering = ("-clearing", "-id")
