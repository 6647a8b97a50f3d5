"""My numbers: what each is, what happened to it, and a form for another one."""

from dataclasses import dataclass

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from wallet.carriers.models import Carrier
from wallet.holders.idempotency import at_the_clock
from wallet.holders.models import Holder, Number, NumberEvent
from wallet.holders.pages import KeyedForm, form_refusals
from wallet.holders.queries import holder_of, lines_of, numbers_of
from wallet.holders.rules import COUNTRY, opaque_id, uuid_in
from wallet.numbers.operations import add_proved_number, ask_number_code
from wallet.numbers.pages.words import EVENTS
from wallet.numbers.queries import code_asked, history_of
from wallet.numbers.texts import send_number_code
from wallet.policy.queries import policy_int

EVENTS_SHOWN = 20


class NewNumberForm(KeyedForm):
    """A number a code is sent to."""

    msisdn = forms.CharField(
        label=_("手机号"),
        max_length=40,
        widget=forms.TextInput(attrs={"type": "tel", "inputmode": "tel", "autocomplete": "tel"}),
    )


class CodeForm(forms.Form):
    """The digits that came to it."""

    code = forms.CharField(
        label=_("验证码"),
        max_length=20,
        widget=forms.TextInput(
            attrs={"inputmode": "numeric", "autocomplete": "one-time-code", "autofocus": True}
        ),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Mine:
    """A number of mine as its page shows it; what lies on its lines is in MB."""

    number: Number
    id: str
    signs_in: bool
    lying_mb: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Happened:
    """A line of the history."""

    event: NumberEvent
    words: str | Promise


@login_required
@never_cache
@require_GET
def numbers(request: HttpRequest) -> HttpResponse:
    """Show my numbers."""
    return _shown(request, NewNumberForm())


@login_required
@require_http_methods(["GET", "POST"])
def add(request: HttpRequest) -> HttpResponse:
    """Send a code to another number of mine."""
    if request.method == "GET":
        return redirect("numbers")
    form = NewNumberForm(request.POST)
    if form.is_valid():
        holder, msisdn, key = holder_of(request.user), form.cleaned_data["msisdn"], form.asked_key
        with form_refusals(form):
            asked = at_the_clock(
                lambda now: ask_number_code(holder=holder, msisdn=msisdn, key=key, now=now)
            )
            send_number_code(asked)
            return redirect("number_code", opaque_id("nbc", asked.pk))
    return _shown(request, form, status=422)


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def code(request: HttpRequest, code_id: str) -> HttpResponse:
    """Take the code, and add the number."""
    holder = holder_of(request.user)
    asked = code_asked(holder=holder, code_id=uuid_in("nbc", code_id))
    form = CodeForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        with form_refusals(form):
            add_proved_number(
                holder=holder, code=asked, typed=form.cleaned_data["code"], now=timezone.now()
            )
            return redirect("numbers")
    context = {"form": form, "msisdn": asked.msisdn}
    return render(request, "numbers/code.html", context, status=422 if form.is_bound else 200)


def _shown(request: HttpRequest, form: NewNumberForm, *, status: int = 200) -> HttpResponse:
    holder = holder_of(request.user)
    events = history_of(holder)[:EVENTS_SHOWN]
    context = {
        "numbers": [_mine(number, holder=holder) for number in numbers_of(holder)],
        "carriers": Carrier.objects.order_by("code"),
        "history": [
            Happened(event=event, words=EVENTS[NumberEvent.Kind(event.kind)]) for event in events
        ],
        "days": policy_int("number.quarantine_days", now=timezone.now()),
        "form": form,
    }
    return render(request, "numbers/numbers.html", context, status=status)


def _mine(number: Number, *, holder: Holder) -> Mine:
    return Mine(
        number=number,
        id=opaque_id("num", number.pk),
        signs_in=holder.user is not None and holder.user.phone == COUNTRY + number.msisdn,
        lying_mb=sum(line.mb for line in lines_of(number)),
    )
