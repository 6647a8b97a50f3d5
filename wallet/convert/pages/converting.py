"""Turn coins into data on any number."""

from typing import Any
from uuid import uuid4

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse_lazy
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from ledger.rules import AMOUNT_MAX
from wallet.carriers.rules import MsisdnUnreadable, normalised
from wallet.carriers.tasks import nudge, serve
from wallet.convert.operations import convert_coins
from wallet.convert.pages.progress import RECENT_ROWS, CarrierField, own_number, progress, shown
from wallet.convert.queries import (
    carrier_of,
    conversion_of,
    conversions_of,
    sells,
    shut_carriers_of,
)
from wallet.holders.idempotency import at_the_clock
from wallet.holders.pages import form_refusals
from wallet.holders.queries import balances_of, holder_of
from wallet.holders.rules import opaque_id, uuid_in


class ConvertForm(forms.Form):
    """How many coins, to which number; while one types, whose number it is."""

    msisdn = forms.CharField(
        label=_("手机号"),
        max_length=20,
        widget=forms.TextInput(
            attrs={
                "type": "tel",
                "inputmode": "tel",
                "autocomplete": "tel",
                "hx-get": reverse_lazy("carrier_hint"),
                "hx-trigger": "input changed delay:400ms",
                "hx-target": "#carrier-hint",
            }
        ),
    )
    coins = forms.IntegerField(
        label=_("换多少"),
        help_text=_("1 币换 1 MB，任何运营商都一样。"),
        min_value=1,
        max_value=AMOUNT_MAX,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )
    carrier = CarrierField(label=_("运营商"), required=False)
    key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        field = self.fields["carrier"]
        assert isinstance(field, CarrierField)
        field.offer(nothing=_("自动识别"))


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def convert(request: HttpRequest) -> HttpResponse:
    """Ask how many coins go to which number, and set them on their way."""
    holder = holder_of(request.user)
    begun = own_number(holder) | {"key": uuid4(), "coins": request.GET.get("coins", "")}
    form = ConvertForm(request.POST if request.method == "POST" else None, initial=begun)
    if form.is_bound and form.is_valid():
        with form_refusals(form):
            row = at_the_clock(
                lambda now: convert_coins(holder=holder, now=now, **form.cleaned_data)
            )
            nudge(serve, carrier=row.carrier_id)
            return redirect("conversion", opaque_id("cnv", row.pk))
    now = timezone.now()
    context = {
        "form": form,
        "coins": balances_of(holder).coins,
        "rows": [shown(row, now=now) for row in conversions_of(holder)[:RECENT_ROWS]],
        "shut": shut_carriers_of(holder, now=now),
        **_hint(form["msisdn"].value()),
    }
    return render(request, "convert/convert.html", context, status=422 if form.is_bound else 200)


@login_required
@require_GET
def carrier_hint(request: HttpRequest) -> HttpResponse:
    """Say which carrier we take a number to be with, and whether it delivers for coins."""
    return render(request, "convert/carrier.html", _hint(request.GET.get("msisdn")))


@login_required
@never_cache
@require_GET
def conversion(request: HttpRequest, conversion_id: str) -> HttpResponse:
    """Show how far a conversion has come; htmx asks for its fragment until it has ended."""
    holder = holder_of(request.user)
    found = conversion_of(holder=holder, conversion_id=uuid_in("cnv", conversion_id))
    return progress(request, found, page="convert/conversion.html")


def _hint(typed: str | None) -> dict[str, object]:
    """Return what the hint needs; nothing while the number cannot be read."""
    try:
        msisdn = normalised(typed=typed or "")
    except MsisdnUnreadable:
        return {}
    found = carrier_of(msisdn=msisdn)
    return {
        "is_number": True,
        "carrier": found.carrier,
        "known_by": found.quality,
        "sells": sells(found.carrier, now=timezone.now()),
    }
