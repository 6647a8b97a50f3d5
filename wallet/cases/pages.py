"""Pages on which a subscriber doubts a line of the history and reads the answer."""

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from wallet.cases.models import Case
from wallet.cases.operations import open_case
from wallet.cases.queries import case_of, cases_of, entry_of, open_case_on, own_entry
from wallet.cases.rules import TEXT_LENGTH_MAX
from wallet.cases.sentences import OUTCOMES, STATES
from wallet.holders.idempotency import at_the_clock
from wallet.holders.pages import KeyedForm, form_refusals
from wallet.holders.queries import holder_of
from wallet.holders.rules import entry_in, opaque_id, uuid_in
from wallet.home.pages import line_of_entry

SHOWN_MAX = 50


class CaseForm(KeyedForm):
    """What is doubted about an entry."""

    text = forms.CharField(
        label=_("哪里不对？"),
        max_length=TEXT_LENGTH_MAX,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("请不要写密码或验证码。答复会发到消息里。"),
    )


@login_required
@require_GET
def cases(request: HttpRequest) -> HttpResponse:
    """Show what I asked about, newest first."""
    rows = cases_of(holder_of(request.user))[:SHOWN_MAX]
    named = [(case, opaque_id("cas", case.pk), STATES[Case.State(case.state)]) for case in rows]
    return render(request, "cases/cases.html", {"cases": named})


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def new_case(request: HttpRequest, entry: str) -> HttpResponse:
    """Show the form about an entry of mine, or open the case."""
    holder = holder_of(request.user)
    found = own_entry(holder=holder, entry_id=entry_in(entry))
    waiting = open_case_on(holder=holder, entry_id=found.pk)
    if waiting is not None:
        return redirect("case", opaque_id("cas", waiting.pk))
    form = CaseForm(request.POST or None)
    if form.is_valid():
        with form_refusals(form):
            case = at_the_clock(
                lambda now: open_case(
                    holder=holder,
                    entry_id=found.pk,
                    text=form.cleaned_data["text"],
                    key=form.asked_key,
                    now=now,
                )
            )
            return redirect("case", opaque_id("cas", case.pk))
    context = {"form": form, "line": line_of_entry(found)}
    return render(request, "cases/new.html", context, status=422 if form.is_bound else 200)


@login_required
@require_GET
def case(request: HttpRequest, name: str) -> HttpResponse:
    """Show a case of mine: the entry, what I asked, what was answered."""
    found = case_of(holder=holder_of(request.user), case_id=uuid_in("cas", name))
    context = {
        "case": found,
        "state": STATES[Case.State(found.state)],
        "outcome": OUTCOMES[Case.Outcome(found.outcome)] if found.outcome else "",
        "line": line_of_entry(entry_of(found)),
    }
    return render(request, "cases/case.html", context)
