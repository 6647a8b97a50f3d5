"""Where staff propose adjustments and reversals, and a second person decides them."""

from collections.abc import Callable
from functools import partial
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import admin, messages
from django.contrib.auth import get_user_model
from django.core.exceptions import PermissionDenied
from django.db.models import OuterRef, QuerySet, Subquery, TextField
from django.db.models.functions import Cast
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ledger.adjustments.models import AdjustmentLimit, Proposal, ProposalDecision
from ledger.adjustments.operations import (
    approve_proposal,
    decline_proposal,
    withdraw_proposal,
)
from ledger.adjustments.pages import (
    ApproveForm,
    DeclineForm,
    ProposalForm,
    WithdrawForm,
    leg_lines,
    person_of,
)
from ledger.adjustments.queries import (
    addresses_beginning,
    effects,
    limit_of,
    limits_in_force,
    persons_named,
    postings_of,
    state_of,
)
from ledger.adjustments.sentences import ACTS, KIND_NAMES, STATES, said, with_troubles
from ledger.audit.admin import ReadOnlyAdmin
from ledger.refusals import Refusal

FORMS: dict[str, type[forms.Form]] = {
    "approve": ApproveForm,
    "decline": DeclineForm,
    "withdraw": WithdrawForm,
}
WORDS = {"approve": "Approved.", "decline": "Declined.", "withdraw": "Withdrawn."}  # in the trail
DONE = {"approve": _("已批准并入账。"), "decline": _("已拒绝。"), "withdraw": _("已撤回。")}


class StateFilter(admin.SimpleListFilter):
    """Proposals by how they stand."""

    title = _("状态")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(state, str(words)) for state, words in STATES.items()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() == "open":
            return queryset.filter(decision=None, expires_at__gt=timezone.now())
        if self.value() in ProposalDecision.Outcome.values:
            return queryset.filter(decision__outcome=self.value())
        return queryset


@admin.register(Proposal)
class ProposalAdmin(ReadOnlyAdmin):
    """Proposals: made by one person, decided by another."""

    list_display = (
        "proposed",
        "what",
        "size",
        "reason_in_short",
        "proposer",
        "state",
        "decider",
        "until",
    )
    list_display_links = ("proposed", "what")
    list_filter = (StateFilter, "kind", "role")
    search_fields = ("reason", "=id", "=postings__transaction_id", "=postings__reverses")
    search_help_text = _("理由里的字，或者提议、交易的完整编号")
    change_form_template = "adjustments/proposal.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows: QuerySet[Any] = super().get_queryset(request).select_related("decision")
        named: QuerySet[Any] = rows.annotate(
            proposer_name=_name_of("proposed_by"), decider_name=_name_of("decision__decided_by")
        )
        return named

    @admin.display(description=_("提出时间"))
    def proposed(self, proposal: Any) -> Any:
        """Return when it was proposed."""
        return proposal.proposed_at

    @admin.display(description=_("决定期限"))
    def until(self, proposal: Any) -> Any:
        """Return until when it can be decided."""
        return proposal.expires_at

    @admin.display(description=_("单位数"))
    def size(self, proposal: Any) -> str:
        """Return how much it moves."""
        return f"{proposal.units:,}"

    @admin.display(description=_("种类"))
    def what(self, proposal: Any) -> str:
        """Return what is proposed: an adjustment or a reversal."""
        return str(KIND_NAMES[proposal.kind])

    @admin.display(description=_("理由"))
    def reason_in_short(self, proposal: Any) -> str:
        """Return the beginning of the reason."""
        reason: str = proposal.reason
        return reason if len(reason) <= 60 else f"{reason[:59]}…"

    @admin.display(description=_("谁提出"))
    def proposer(self, proposal: Any) -> str:
        """Return who proposed it."""
        return str(proposal.proposer_name or proposal.proposed_by)

    @admin.display(description=_("谁决定"))
    def decider(self, proposal: Any) -> str:
        """Return who decided it, if somebody did."""
        return str(proposal.decider_name or "–")

    @admin.display(description=_("状态"))
    def state(self, proposal: Any) -> str:
        """Return how it stands."""
        return str(STATES[state_of(proposal, now=timezone.now())])

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(request.user.has_perm("ledger.add_proposal"))

    def get_urls(self) -> list[URLPattern]:
        """Add the addresses of the decisions, and of what helps to fill in."""
        ours = [
            path(
                "addresses/",
                self.admin_site.admin_view(self.addresses),
                name="ledger_proposal_addresses",
            ),
            *(
                path(
                    f"<uuid:pk>/{act}/",
                    self.admin_site.admin_view(partial(self.decide, act=act)),
                    name=f"ledger_proposal_{act}",
                )
                for act in FORMS
            ),
        ]
        return [*ours, *super().get_urls()]

    def addresses(self, request: HttpRequest) -> HttpResponse:
        """Answer the addresses that begin with what was typed, as options of a list."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        typed = next((str(value) for value in request.GET.values() if "/" in value), "")
        found = addresses_beginning(typed) if typed else []
        return TemplateResponse(request, "adjustments/addresses.html", {"addresses": found})

    def add_view(
        self,
        request: HttpRequest,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Show the form, preview what it would do, and propose it."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        asked = request.POST if request.method == "POST" else None
        named = "\n".join(request.GET.getlist("reverses"))
        told = {"reverses": named, "attachment": request.GET.get("attachment", "")}
        form, lines = ProposalForm(asked, initial=told), leg_lines(asked)
        shown = None
        if asked and "_more" not in asked and form.is_valid() and lines.is_valid():
            shown = effects(form.postings(lines), now=timezone.now())
            if "_propose" in asked:
                proposal = form.propose(lines, by=person_of(request))
                if proposal is not None:
                    self.log_addition(request, proposal, "Proposed.")
                    messages.success(request, _("已提出，等另一个人批准。"))
                    return self._to(proposal.pk)
        context = {
            "form": form,
            "lines": lines,
            "effects": with_troubles(shown) if shown is not None else None,
            "limits": limits_in_force(),
        }
        return self._page(request, "propose", title=_("提议调整或冲正"), **context)

    def context_of(self, request: HttpRequest, row: Any) -> dict[str, Any]:
        decision = getattr(row, "decision", None)
        names = persons_named([row.proposed_by, decision and decision.decided_by])
        postings = postings_of(row)
        return {
            "state": (state := state_of(row, now=timezone.now())),
            "state_words": STATES[state],
            "kind_words": KIND_NAMES[row.kind],
            "decision": decision,
            "proposer": names[row.proposed_by],
            "decider": names.get(decision and decision.decided_by),
            "postings": postings,
            "effects": with_troubles(
                effects([legs for _row, legs in postings], now=timezone.now())
            ),
            "acts": [(act, ACTS[act]) for act in self._acts_open_to(request, row)],
        }

    def _acts_open_to(self, request: HttpRequest, proposal: Proposal) -> list[str]:
        if state_of(proposal, now=timezone.now()) != "open":
            return []
        if proposal.proposed_by == request.user.pk:
            return ["withdraw"]
        may = limit_of(person_of(request), act=AdjustmentLimit.Act.APPROVE)
        return ["approve", "decline"] if may else []

    def decide(self, request: HttpRequest, *, pk: UUID, act: str) -> HttpResponse:
        """Ask once more, showing what would move; then do it."""
        proposal = self.get_queryset(request).filter(pk=pk).first()
        if proposal is None:
            raise Http404
        person = person_of(request)
        is_own = proposal.proposed_by == person.id
        may = is_own or limit_of(person, act=AdjustmentLimit.Act.APPROVE) is not None
        if not self.has_view_permission(request) or not may:
            raise PermissionDenied
        form = FORMS[act](request.POST if request.method == "POST" else None)
        if form.is_valid() and _is_done(form, act=act, proposal=pk, person=person):
            self.log_change(request, proposal, WORDS[act])
            messages.success(request, DONE[act])
            return self._to(pk)
        context = self.context_of(request, proposal) | {"form": form, "act_words": ACTS[act]}
        return self._page(request, "decide", title=ACTS[act], original=proposal, **context)

    def _page(self, request: HttpRequest, name: str, **context: Any) -> HttpResponse:
        request.current_app = self.admin_site.name
        base = self.admin_site.each_context(request) | {"opts": self.opts, "media": self.media}
        return TemplateResponse(request, f"adjustments/{name}.html", base | context)

    def _to(self, proposal: UUID) -> HttpResponse:
        return HttpResponseRedirect(reverse("admin:ledger_proposal_change", args=[proposal]))


def _is_done(form: forms.Form, *, act: str, proposal: UUID, person: Any) -> bool:
    """Carry the decision out; a refusal is said by the form."""
    reason = form.cleaned_data["reason"]
    operations: dict[str, Callable[..., Proposal]] = {
        "approve": partial(approve_proposal, note=reason),
        "decline": partial(decline_proposal, reason=reason),
        "withdraw": partial(withdraw_proposal, reason=reason),
    }
    try:
        operations[act](proposal=proposal, by=person, now=timezone.now())
    except Refusal as refusal:
        form.add_error(None, forms.ValidationError(said(refusal), code=refusal.code))
        return False
    return True


def _name_of(field: str) -> Cast:
    users = get_user_model()
    found = users.objects.filter(pk=OuterRef(field))
    return Cast(Subquery(found.values(users.USERNAME_FIELD)[:1]), TextField())
