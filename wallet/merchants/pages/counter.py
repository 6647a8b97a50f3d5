"""The merchant's page on a phone: type the coins, show the code, see it paid, show the next."""

import segno
from django import forms
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from ledger.rules import AMOUNT_MAX
from wallet.holders.idempotency import at_the_clock
from wallet.holders.models import User
from wallet.holders.pages import KeyedForm, form_refusals
from wallet.holders.rules import opaque_id, uuid_in
from wallet.merchants.models import CounterCode, Merchant
from wallet.merchants.operations import show_code
from wallet.merchants.queries import (
    code_of,
    codes_of,
    counter_of,
    link_of,
    merchant_of,
    merchants_of,
)
from wallet.organisations.acting import acting_for

RECENT_ROWS = 10
POLL_STATUS = 286  # htmx ends its polling at this status


class ShowForm(KeyedForm):
    """How many coins the next code carries."""

    coins = forms.IntegerField(
        label=_("给多少币"),
        min_value=1,
        max_value=AMOUNT_MAX,
        widget=forms.NumberInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )


@login_required
@require_GET
def merchants(request: HttpRequest) -> HttpResponse:
    """Show the counters I serve at; the only one at once."""
    found = [(one, opaque_id("hld", one.pk)) for one in merchants_of(_user(request))]
    acting = acting_for(request)
    chosen = [name for _one, name in found if name == acting or len(found) == 1]
    if chosen:
        return redirect("merchant_counter", chosen[0])
    return render(request, "merchants/merchants.html", {"merchants": found})


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def counter(request: HttpRequest, merchant_id: str) -> HttpResponse:
    """Ask for coins, and show a code for them."""
    merchant = _asked(request, merchant_id)
    sent = request.POST if request.method == "POST" else None
    form = ShowForm(sent, initial={"coins": request.GET.get("coins") or None})
    if form.is_bound and form.is_valid():
        coins, key = form.cleaned_data["coins"], form.asked_key
        with form_refusals(form):
            code = at_the_clock(
                lambda now: show_code(
                    merchant=merchant, by=_user(request), coins=coins, key=key, now=now
                )
            )
            return redirect("merchant_code", merchant_id, opaque_id("mqr", code.pk))
    now = timezone.now()
    context = {
        "merchant": merchant,
        "merchant_id": merchant_id,
        "form": form,
        "counter": counter_of(merchant, now=now),
        "codes": codes_of(merchant)[:RECENT_ROWS],
        "now": now,
    }
    status = 422 if form.is_bound else 200
    return render(request, "merchants/counter.html", context, status=status)


@login_required
@never_cache
@require_GET
def shown(request: HttpRequest, merchant_id: str, code_id: str) -> HttpResponse:
    """Show a code until it is scanned; htmx asks for its fragment until it has ended."""
    merchant = _asked(request, merchant_id)
    code = code_of(merchant=merchant, code_id=uuid_in("mqr", code_id))
    is_fragment = request.headers.get("HX-Request") == "true"
    template = "merchants/code_live.html" if is_fragment else "merchants/code.html"
    context = _state(code) | {"merchant": merchant, "merchant_id": merchant_id, "code_id": code_id}
    status = POLL_STATUS if is_fragment and context["is_ended"] else 200
    return render(request, template, context, status=status)


def _state(code: CounterCode) -> dict[str, object]:
    is_over = code.claimer_id is None and timezone.now() >= code.expires_at
    is_ended = is_over or code.claimer_id is not None
    # The drawing is ours, from a link of letters and digits.
    qr = "" if is_ended else mark_safe(segno.make(link_of(code)).svg_inline(scale=6))  # noqa: S308
    return {"code": code, "is_over": is_over, "is_ended": is_ended, "qr": qr}


def _asked(request: HttpRequest, merchant_id: str) -> Merchant:
    return merchant_of(user=_user(request), merchant_id=uuid_in("hld", merchant_id))


def _user(request: HttpRequest) -> User:
    assert isinstance(request.user, User)
    return request.user
