"""Pages: turn coins into data, send data to a number, watch it arrive."""

from uuid import uuid4

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods

from ledger.rules import AMOUNT_MAX, COIN
from wallet.carriers.models import Carrier, Instruction
from wallet.carriers.tasks import nudge, serve
from wallet.convert.models import Conversion, DataDelivery
from wallet.convert.operations import convert_coins, deliver_data
from wallet.convert.queries import (
    conversion_of,
    conversions_of,
    decided_at_latest,
    deliveries_of,
    delivery_of,
)
from wallet.convert.rules import deliverable_in
from wallet.holders.idempotency import at_the_clock
from wallet.holders.models import Holder
from wallet.holders.pages import form_refusals
from wallet.holders.queries import balances_of, holder_of, numbers_of
from wallet.holders.rules import opaque_id, uuid_in
from wallet.holders.sentences import asset_words, carrier_words

RECENT_ROWS = 10
POLL_STATUS = 286  # htmx ends its polling at this status

SENTENCES = {
    "carrier_does_not_sell": _(
        "这家运营商暂不支持用币换流量。您的币还在，可以送人或换给别的号码。"
    ),
    "carrier_unknown": _("请选择这个号码的运营商。"),
    "not_deliverable": _("只有流量和流量券可以发到手机。"),
    "wrong_carrier": _("这些流量只能发给同一家运营商的号码。"),
}
NOTICES = {
    "convert_delivered": _("%(coins)s MB 已经到账"),
    "convert_refunded": _("换流量没有成功，%(coins)s 币已退回"),
    "data_delivery_done": _("%(mb)s MB 已经发到手机"),
    "data_delivery_failed": _("发到手机没有成功，%(mb)s MB 已退回"),
}


class ConvertForm(forms.Form):
    """How many coins, to which number."""

    msisdn = forms.CharField(
        label=_("手机号"),
        max_length=20,
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "tel"}),
    )
    coins = forms.IntegerField(
        label=_("换多少"),
        help_text=_("1 币换 1 MB，任何运营商都一样。"),
        min_value=1,
        max_value=AMOUNT_MAX,
    )
    carrier = forms.ChoiceField(
        label=_("运营商"),
        required=False,
        help_text=_("携号转网的号码请自己选。"),
    )
    key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        codes = Carrier.objects.order_by("is_virtual", "code").values_list("code", flat=True)
        choices = [("", _("自动识别")), *((code, carrier_words(code)) for code in codes)]
        field = self.fields["carrier"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices


@login_required
@require_http_methods(["GET", "POST"])
def convert(request: HttpRequest) -> HttpResponse:
    """Ask how many coins go to which number, and set them on their way."""
    holder = holder_of(request.user)
    initial = _own_number(holder) | {"key": uuid4(), "coins": request.GET.get("coins", "")}
    form = ConvertForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        with form_refusals(form):
            row = at_the_clock(
                lambda now: convert_coins(holder=holder, now=now, **form.cleaned_data)
            )
            nudge(serve, carrier=row.carrier_id)
            return redirect("conversion", opaque_id("cnv", row.pk))
    context = {
        "form": form,
        "coins": balances_of(holder).coins,
        "rows": [_shown(row) for row in conversions_of(holder)[:RECENT_ROWS]],
    }
    return render(request, "convert/convert.html", context)


@login_required
@require_GET
def conversion(request: HttpRequest, conversion_id: str) -> HttpResponse:
    """Show how far a conversion has come; htmx asks for its fragment until it has ended."""
    found = conversion_of(
        holder=holder_of(request.user), conversion_id=uuid_in("cnv", conversion_id)
    )
    return _progress(request, found, page="convert/conversion.html")


class DeliverForm(forms.Form):
    """Which data, how much of it, to which number."""

    asset = forms.ChoiceField(label=_("哪一份流量"))
    mb = forms.IntegerField(label=_("多少 MB"), min_value=1, max_value=AMOUNT_MAX)
    msisdn = forms.CharField(
        label=_("手机号"),
        max_length=20,
        help_text=_("要和流量是同一家运营商。"),
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "tel"}),
    )
    key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: object, holder: Holder, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        field = self.fields["asset"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [
            (held.asset, f"{asset_words(held.asset)} · {held.amount:,} MB")
            for held in balances_of(holder).goods
            if deliverable_in(held.asset)
        ]


@login_required
@require_http_methods(["GET", "POST"])
def deliver(request: HttpRequest) -> HttpResponse:
    """Ask which data goes to which number, and set it on its way."""
    holder = holder_of(request.user)
    asked = {name: request.GET.get(name, "") for name in ("asset", "mb")}
    initial = _own_number(holder) | {"key": uuid4()} | asked
    form = DeliverForm(request.POST or None, holder=holder, initial=initial)
    if request.method == "POST" and form.is_valid():
        with form_refusals(form):
            row = at_the_clock(
                lambda now: deliver_data(holder=holder, now=now, **form.cleaned_data)
            )
            nudge(serve, carrier=row.instruction.carrier_id)
            return redirect("delivery", opaque_id("dlv", row.pk))
    context = {
        "form": form,
        "has_goods": bool(form.fields["asset"].choices),  # type: ignore[attr-defined]
        "rows": [_shown(row) for row in deliveries_of(holder)[:RECENT_ROWS]],
    }
    return render(request, "convert/deliver.html", context)


@login_required
@require_GET
def delivery(request: HttpRequest, delivery_id: str) -> HttpResponse:
    """Show how far a delivery has come; htmx asks for its fragment until it has ended."""
    found = delivery_of(holder=holder_of(request.user), delivery_id=uuid_in("dlv", delivery_id))
    return _progress(request, found, page="convert/delivery.html")


def _own_number(holder: Holder) -> dict[str, object]:
    number = numbers_of(holder).first()
    return {"msisdn": number.msisdn} if number else {}


def _shown(row: Conversion | DataDelivery) -> dict[str, object]:
    """Return a row as the pages show it."""
    if isinstance(row, Conversion):
        prefix, mb, asset = "cnv", row.coins, COIN
    else:
        prefix, mb, asset = "dlv", row.mb, row.asset
    return {
        "id": opaque_id(prefix, row.pk),
        "amount": mb,
        "asset": asset,
        "carrier": row.instruction.carrier_id,
        "msisdn": row.msisdn,
        "state": row.state,
        "is_unknown": row.instruction.state == Instruction.State.UNKNOWN,
        "decided_by": decided_at_latest(row.instruction),
        "made_at": row.made_at,
        "ended_at": row.ended_at,
    }


def _progress(request: HttpRequest, row: Conversion | DataDelivery, *, page: str) -> HttpResponse:
    is_fragment = request.headers.get("HX-Request") == "true"
    context = {"row": _shown(row)}
    answer = render(request, "convert/progress.html" if is_fragment else page, context)
    if is_fragment and row.ended_at:
        answer.status_code = POLL_STATUS
    return answer
