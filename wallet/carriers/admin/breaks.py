"""Differences between us and carriers: what each means, and how it is settled."""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from ledger.refusals import Refusal
from wallet.carriers.admin.bases import ReadOnly
from wallet.carriers.models import Break, Instruction
from wallet.carriers.reconciliation.queries import lines_about
from wallet.carriers.reconciliation.resolving import (
    ask_for_outcome,
    confirm_outcome,
    decline_outcome,
    resolve_break,
)
from wallet.carriers.reconciliation.rules import REASON_LENGTH_MIN
from wallet.carriers.rules import masked_in
from wallet.carriers.sentences import MEANINGS, MOVES_VALUE, SENTENCES

MAY_SETTLE = "wallet.change_break"


class ReasonForm(forms.Form):
    """Why it is settled so."""

    reason = forms.CharField(
        label=_("理由"),
        min_length=REASON_LENGTH_MIN,
        max_length=4_000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class ResolveForm(ReasonForm):
    """How it was settled, and by which adjustment if value had to move."""

    proposal = forms.UUIDField(label=_("调整的编号"), required=False)


class OutcomeForm(ReasonForm):
    """What the carrier wrote became of it."""

    outcome = forms.ChoiceField(
        label=_("运营商书面确认的结果"),
        choices=[
            (Instruction.State.DELIVERED.value, _("已到账")),
            (Instruction.State.FAILED.value, _("没有到账")),
        ],
    )


FORMS: dict[str, type[forms.Form]] = {
    "resolve": ResolveForm,
    "ask": OutcomeForm,
    "confirm": forms.Form,
    "decline": forms.Form,
}
WORDS = {
    "resolve": "Settled.",
    "ask": "Asked for an outcome.",
    "confirm": "Confirmed the outcome.",
    "decline": "Declined the outcome.",
}


@admin.register(Break)
class BreakAdmin(ReadOnly):
    """Differences between us and a carrier, those that wait first to be found."""

    masked = ("reference", "facts")
    list_display = ("carrier", "kind", "reference_masked", "found_at", "resolved_at", "resolved_by")
    list_filter = ("carrier", "kind", ("resolved_at", admin.EmptyFieldListFilter))
    search_fields = ("reference__exact",)
    search_help_text = _("运营商参考号")
    ordering = ("-found_at", "-id")
    change_form_template = "carriers/break.html"

    def get_urls(self) -> list[URLPattern]:
        """Add the address where a break is settled."""
        settle = self.admin_site.admin_view(require_POST(self.settle_view))
        own = [path("<uuid:pk>/<str:act>/settle/", settle, name="wallet_break_settle")]
        urls: list[URLPattern] = super().get_urls()
        return own + urls

    def context_of(self, request: HttpRequest, row: Any) -> dict[str, Any]:
        asked = _instruction_of(row)
        may_settle = row.resolved_at is None and request.user.has_perm(MAY_SETTLE)
        is_open = asked is not None and asked.state not in Instruction.FINAL
        return {
            "meaning": MEANINGS[row.kind],
            "instruction": asked,
            "personal": ("instruction", asked.pk) if asked else None,
            "lines": list(lines_about(asked.pk)) if asked else [],
            "may_settle": may_settle,
            "moves_value": row.kind in MOVES_VALUE,
            "propose_url": _proposing(row),
            "may_ask": may_settle and row.kind == Break.Kind.UNDECIDED and is_open,
            "is_own": row.asked_by == _actor(request),
            "resolve_form": ResolveForm(),
            "ask_form": OutcomeForm(),
        }

    def settle_view(self, request: HttpRequest, pk: UUID, act: str) -> HttpResponse:
        """Settle a break, or show its page again with what was wrong."""
        if not request.user.has_perm(MAY_SETTLE):
            raise PermissionDenied
        found = get_object_or_404(Break, pk=pk)
        form = FORMS.get(act, forms.Form)(request.POST)
        if act in FORMS and form.is_valid() and _is_settled(found, form, act=act, request=request):
            self.log_change(request, found, WORDS[act])
            messages.success(request, _("已记下。"))
            return redirect(reverse("admin:wallet_break_change", args=[found.pk]))
        request.method = "GET"
        shown = self.change_view(request, str(found.pk), extra_context={f"{act}_form": form})
        shown.status_code = 422
        return shown


def _is_settled(found: Break, form: forms.Form, *, act: str, request: HttpRequest) -> bool:
    """Carry it out; a refusal is said by the form."""
    told = form.cleaned_data
    who: dict[str, Any] = {"actor": _actor(request), "now": timezone.now()}
    try:
        if act == "resolve":
            resolve_break(found=found, resolution=told["reason"], proposal=told["proposal"], **who)
        elif act == "ask":
            outcome = Instruction.State(told["outcome"])
            ask_for_outcome(found=found, outcome=outcome, reason=told["reason"], **who)
        elif act == "confirm":
            confirm_outcome(found=found, **who)
        else:
            decline_outcome(found=found, **who)
    except Refusal as refusal:
        said = SENTENCES.get(refusal.code, refusal.message)
        form.add_error(None, forms.ValidationError(str(said), code=refusal.code))
        messages.error(request, str(said))
        return False
    return True


def _actor(request: HttpRequest) -> str:
    return f"admin/{request.user.pk}"


def _instruction_of(row: Break) -> Instruction | None:
    try:
        named = UUID(row.reference.removeprefix("stranger-"))
    except ValueError:
        return None
    return Instruction.objects.filter(pk=named).first()


def _proposing(row: Break) -> str:
    """Return where an adjustment for a break is proposed, its facts filled in."""
    url = reverse("admin:ledger_proposal_add")
    facts = "\n".join(f"{name}: {fact}" for name, fact in sorted(row.facts.items()))
    attached = f"break {row.pk}\n{row.carrier_id} {row.kind}\n{row.reference}\n{facts}"
    return f"{url}?{urlencode({'attachment': masked_in(text=attached)})}"
