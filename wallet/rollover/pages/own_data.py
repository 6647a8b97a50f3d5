"""What my packages hold, depositing it, taking it back, saving it as coins."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any
from uuid import uuid4

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods

from ledger.rules import AMOUNT_MAX, month_of
from wallet.carriers.models import Instruction
from wallet.carriers.queries import decided_at_latest
from wallet.carriers.tasks import nudge, serve
from wallet.holders.idempotency import at_the_clock
from wallet.holders.models import Holder
from wallet.holders.pages import form_refusals
from wallet.holders.queries import holder_of, numbers_of
from wallet.holders.rules import opaque_id, uuid_in
from wallet.holders.sentences import package_words
from wallet.rollover.models import Deposit, TakeBack
from wallet.rollover.operations.deposits import deposit_surplus
from wallet.rollover.operations.savings import save_as_coins
from wallet.rollover.operations.take_backs import take_back
from wallet.rollover.queries import (
    PackageState,
    deposit_of,
    deposits_of,
    packages_of,
    saving_offers,
    savings_of,
    take_back_of,
    take_backs_of,
)

RECENT_ROWS = 10
POLL_STATUS = 286  # htmx ends its polling at this status


class OwnDataForm(forms.Form):
    """How many MB of which package."""

    package = forms.ChoiceField(label=_("哪个套餐"))
    mb = forms.IntegerField(label=_("多少 MB"), min_value=1, max_value=AMOUNT_MAX)
    key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(
        self,
        *args: object,
        packages: Iterable[PackageState],
        amount: Callable[[PackageState], int],
        **kwargs: object,
    ) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.packages = {_choice_of(state): state for state in packages if amount(state)}
        field = self.fields["package"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [
            (
                choice,
                gettext("最多 %(mb)s MB · %(package)s · %(number)s")
                % {
                    "number": state.number,
                    "package": package_words(state.usage.package),
                    "mb": f"{amount(state):,}",
                },
            )
            for choice, state in self.packages.items()
        ]

    def asked(self) -> dict[str, Any]:
        """Return what was chosen, as the operations take it."""
        state = self.packages[self.cleaned_data["package"]]
        return {
            "number": state.number,
            "package": state.usage.package,
            "mb": self.cleaned_data["mb"],
            "key": self.cleaned_data["key"],
        }


def _choice_of(state: PackageState) -> str:
    return f"{opaque_id('num', state.number.pk)}.{state.usage.package}"


@login_required
@require_http_methods(["GET", "POST"])
def deposits(request: HttpRequest) -> HttpResponse:
    """Show own data, and deposit some of it."""
    holder, packages = _own(request)
    form = _form(request.POST or None, packages=packages, what="deposit")
    if request.method == "POST" and form.is_valid():
        with form_refusals(form):
            row = at_the_clock(lambda now: deposit_surplus(holder=holder, now=now, **form.asked()))
            nudge(serve, carrier=row.instruction.carrier_id)
            return redirect("deposit", opaque_id("dep", row.pk))
    return _shown(request, holder=holder, packages=packages, deposit_form=form)


@login_required
@require_http_methods(["GET", "POST"])
def take_backs(request: HttpRequest) -> HttpResponse:
    """Show own data, and take some of it back."""
    holder, packages = _own(request)
    form = _form(request.POST or None, packages=packages, what="take_back")
    if request.method == "POST" and form.is_valid():
        with form_refusals(form):
            row = at_the_clock(lambda now: take_back(holder=holder, now=now, **form.asked()))
            nudge(serve, carrier=row.instruction.carrier_id)
            return redirect("take_back", opaque_id("tkb", row.pk))
    return _shown(request, holder=holder, packages=packages, take_back_form=form)


@login_required
@require_http_methods(["GET", "POST"])
def save(request: HttpRequest) -> HttpResponse:
    """Show own data, and save some of what is deposited as coins."""
    holder, packages = _own(request)
    form = _form(request.POST or None, packages=packages, what="save")
    if request.method == "POST" and form.is_valid():
        with form_refusals(form):
            at_the_clock(lambda now: save_as_coins(holder=holder, now=now, **form.asked()))
            return redirect(f"{reverse('save')}#save")
    return _shown(request, holder=holder, packages=packages, save_form=form)


def _own(request: HttpRequest) -> tuple[Holder, list[PackageState]]:
    holder = holder_of(request.user)
    return holder, packages_of(holder=holder, month=month_of(timezone.now()))


def _form(
    data: Mapping[str, Any] | None, *, packages: Iterable[PackageState], what: str
) -> OwnDataForm:
    """Return one of the page's forms: of what is left one deposits, of what is deposited the rest."""
    return OwnDataForm(
        data,
        packages=packages,
        amount=lambda state: state.depositable_mb if what == "deposit" else state.deposited_mb,
        initial={"key": uuid4()},
        auto_id=f"{what}_%s",
    )


def _shown(
    request: HttpRequest,
    *,
    holder: Holder,
    packages: list[PackageState],
    deposit_form: OwnDataForm | None = None,
    take_back_form: OwnDataForm | None = None,
    save_form: OwnDataForm | None = None,
) -> HttpResponse:
    rows: list[Deposit | TakeBack] = [
        *deposits_of(holder)[:RECENT_ROWS],
        *take_backs_of(holder)[:RECENT_ROWS],
    ]
    rows.sort(key=lambda row: row.asked_at, reverse=True)
    carriers = [number.carrier_id for number in numbers_of(holder)]
    context = {
        "packages": packages,
        "deposit_form": deposit_form or _form(None, packages=packages, what="deposit"),
        "take_back_form": take_back_form or _form(None, packages=packages, what="take_back"),
        "save_form": save_form or _form(None, packages=packages, what="save"),
        "offers": saving_offers(holder=holder, carriers=carriers, now=timezone.now()),
        "savings": savings_of(holder)[:RECENT_ROWS],
        "rows": [_state_of(row) for row in rows[:RECENT_ROWS]],
    }
    return render(request, "rollover/own_data.html", context)


@login_required
@require_GET
def deposit(request: HttpRequest, deposit_id: str) -> HttpResponse:
    """Show how far a deposit has come; htmx asks for its fragment until it has ended."""
    row = deposit_of(holder=holder_of(request.user), deposit_id=uuid_in("dep", deposit_id))
    return _progress(request, row)


@login_required
@require_GET
def one_take_back(request: HttpRequest, take_back_id: str) -> HttpResponse:
    """Show how far a take-back has come; htmx asks for its fragment until it has ended."""
    row = take_back_of(holder=holder_of(request.user), take_back_id=uuid_in("tkb", take_back_id))
    return _progress(request, row)


def _state_of(row: Deposit | TakeBack) -> dict[str, object]:
    """Return a row as the pages show it."""
    is_deposit = isinstance(row, Deposit)
    instruction = row.instruction
    return {
        "id": opaque_id("dep" if is_deposit else "tkb", row.pk),
        "url_name": "deposit" if is_deposit else "take_back",
        "is_deposit": is_deposit,
        "mb": row.mb,
        "number": row.number,
        "carrier": instruction.carrier_id,
        "package": row.package,
        "state": row.state,
        "is_unknown": instruction.state == Instruction.State.UNKNOWN,
        "decided_by": decided_at_latest(instruction),
        "asked_at": row.asked_at,
        "ended_at": row.ended_at,
    }


def _progress(request: HttpRequest, row: Deposit | TakeBack) -> HttpResponse:
    is_fragment = request.headers.get("HX-Request") == "true"
    template = "rollover/progress.html" if is_fragment else "rollover/one.html"
    answer = render(request, template, {"row": _state_of(row)})
    if is_fragment and row.ended_at:
        answer.status_code = POLL_STATUS
    return answer
