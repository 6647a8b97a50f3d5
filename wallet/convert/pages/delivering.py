"""Send data and vouchers to a number of their carrier."""

from typing import Any
from uuid import uuid4

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from ledger.rules import AMOUNT_MAX
from wallet.carriers.tasks import nudge, serve
from wallet.convert.operations import deliver_data
from wallet.convert.pages.progress import RECENT_ROWS, CarrierField, own_number, progress, shown
from wallet.convert.queries import deliveries_of, delivery_of
from wallet.convert.rules import deliverable_in
from wallet.holders.idempotency import at_the_clock
from wallet.holders.models import Holder
from wallet.holders.pages import form_refusals
from wallet.holders.queries import balances_of, holder_of
from wallet.holders.rules import opaque_id, uuid_in
from wallet.holders.sentences import asset_words

Choices = list[tuple[str, str]]


class DeliverForm(forms.Form):
    """Which data, how much of it, to which number."""

    # Not a choice field: sent twice, the form is answered alike though the data is gone by then.
    asset = forms.CharField(label=_("哪一份流量"), max_length=48, widget=forms.Select)
    mb = forms.IntegerField(
        label=_("多少 MB"),
        min_value=1,
        max_value=AMOUNT_MAX,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )
    msisdn = forms.CharField(
        label=_("手机号"),
        max_length=20,
        help_text=_("要和流量是同一家运营商。"),
        widget=forms.TextInput(attrs={"type": "tel", "inputmode": "tel", "autocomplete": "tel"}),
    )
    carrier = CarrierField(
        label=_("这个号码的运营商"),
        required=False,
        help_text=_("只有携号转网的号码要选。"),
    )
    key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, goods: Choices, **options: Any) -> None:
        super().__init__(*args, **options)
        choice = self.fields["asset"].widget
        assert isinstance(choice, forms.Select)
        choice.choices = goods
        field = self.fields["carrier"]
        assert isinstance(field, CarrierField)
        field.offer(nothing=_("自动识别"))


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def deliver(request: HttpRequest) -> HttpResponse:
    """Ask which data goes to which number, and set it on its way."""
    holder = holder_of(request.user)
    goods = _goods_of(holder)
    asked = {name: request.GET.get(name, "") for name in ("asset", "mb")}
    begun = own_number(holder) | {"key": uuid4()} | asked
    sent = request.POST if request.method == "POST" else None
    form = DeliverForm(sent, goods=goods, initial=begun)
    if form.is_bound and form.is_valid():
        with form_refusals(form):
            row = at_the_clock(
                lambda now: deliver_data(holder=holder, now=now, **form.cleaned_data)
            )
            nudge(serve, carrier=row.instruction.carrier_id)
            return redirect("delivery", opaque_id("dlv", row.pk))
    now = timezone.now()
    context = {
        "form": form,
        "has_goods": bool(goods),
        "rows": [shown(row, now=now) for row in deliveries_of(holder)[:RECENT_ROWS]],
    }
    return render(request, "convert/deliver.html", context, status=422 if form.is_bound else 200)


@login_required
@never_cache
@require_GET
def delivery(request: HttpRequest, delivery_id: str) -> HttpResponse:
    """Show how far a delivery has come; htmx asks for its fragment until it has ended."""
    holder = holder_of(request.user)
    found = delivery_of(holder=holder, delivery_id=uuid_in("dlv", delivery_id))
    return progress(request, found, page="convert/delivery.html")


def _goods_of(holder: Holder) -> Choices:
    return [
        (held.asset, f"{held.amount:,} MB · {asset_words(held.asset)}")
        for held in balances_of(holder).goods
        if deliverable_in(held.asset)
    ]
