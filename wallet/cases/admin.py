"""Cases as the staff sees them: the entry and what caused it beside the question; answer once."""

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from ledger.audit.admin import ReadOnlyAdmin
from ledger.audit.queries import legs_of
from ledger.registry import cause_of
from ledger.rules import SHANGHAI
from wallet.cases.models import Case
from wallet.cases.operations import answer_case
from wallet.cases.queries import entry_of
from wallet.cases.rules import TEXT_LENGTH_MAX
from wallet.cases.sentences import OUTCOMES
from wallet.holders.pages import form_refusals
from wallet.holders.rules import opaque_id

MAY_ANSWER = "wallet.answer_case"


class AnswerForm(forms.Form):
    """How a case ends, and words beside."""

    outcome = forms.ChoiceField(label=_("结果"), choices=list(OUTCOMES.items()))
    answer = forms.CharField(
        label=_("给用户的话"),
        max_length=TEXT_LENGTH_MAX,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


@admin.register(Case)
class CaseAdmin(ReadOnlyAdmin):
    """What subscribers doubt, the newest first."""

    list_display = ("id", "state", "outcome", "opened_at", "answered_at", "answered_by")
    list_filter = ("state", "outcome")
    search_fields = ("id__exact", "holder__id__exact", "transaction_id__exact")
    ordering = ("-opened_at", "-id")
    change_form_template = "cases/admin.html"

    def get_urls(self) -> list[URLPattern]:
        answer = self.admin_site.admin_view(require_POST(self.answer_view))
        own = [path("<uuid:case>/answer/", answer, name="wallet_case_answer")]
        urls: list[URLPattern] = super().get_urls()
        return own + urls

    def context_of(self, request: HttpRequest, row: Any) -> dict[str, Any]:
        entry = entry_of(row)
        on = entry.transaction.at.astimezone(SHANGHAI).date().isoformat()
        return {
            "entry": entry,
            "holder_cause": cause_of(f"holder/{row.holder_id}"),
            "legs": legs_of(entry.transaction_id),
            "day": on,
            "case_name": opaque_id("cas", row.pk),
            "may_answer": row.state == Case.State.OPEN and request.user.has_perm(MAY_ANSWER),
            "answer_form": AnswerForm(),
        }

    def answer_view(self, request: HttpRequest, case: Any) -> HttpResponse:
        """Answer a case, or show its page again with what was wrong."""
        if not request.user.has_perm(MAY_ANSWER):
            raise PermissionDenied
        found = get_object_or_404(Case, pk=case)
        form = AnswerForm(request.POST)
        if form.is_valid():
            with form_refusals(form):
                answer_case(
                    case=found,
                    outcome=Case.Outcome(form.cleaned_data["outcome"]),
                    answer=form.cleaned_data["answer"],
                    by=f"admin/{request.user.pk}",
                    now=timezone.now(),
                )
                self.log_change(request, found, "Answered.")
                return redirect(reverse("admin:wallet_case_change", args=[found.pk]))
        request.method = "GET"
        shown = self.change_view(request, str(found.pk), extra_context={"answer_form": form})
        shown.status_code = 422
        return shown
