"""The catalog and one of its products, where it is bought."""

from collections.abc import Iterator
from itertools import groupby
from typing import Any

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from ledger.rules import AMOUNT_MAX
from wallet.carriers.tasks import nudge, serve
from wallet.catalog.models import Product
from wallet.catalog.operations import buy_product, collect_points
from wallet.catalog.pages.progress import shown
from wallet.catalog.pages.words import KIND_NAMES, SENTENCES, about, name_of
from wallet.catalog.queries import (
    product_of,
    products_on_sale,
    purchases_of,
    why_unsold,
)
from wallet.holders.idempotency import at_the_clock
from wallet.holders.models import Holder
from wallet.holders.pages import KeyedForm, form_refusals
from wallet.holders.queries import balances_of, holder_of, numbers_of
from wallet.holders.rules import opaque_id, uuid_in

RECENT_ROWS = 10
Offered = dict[str, object]


class BuyForm(KeyedForm):
    """How many, for which number, at the price that is shown."""

    count = forms.IntegerField(
        label=_("几份"),
        min_value=1,
        max_value=999,
        initial=1,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )
    msisdn = forms.CharField(
        label=_("手机号"),
        max_length=20,
        help_text=_("合作方按这个号码交付，会看到它。"),
        widget=forms.TextInput(attrs={"type": "tel", "inputmode": "tel", "autocomplete": "tel"}),
    )
    price = forms.IntegerField(min_value=1, max_value=AMOUNT_MAX, widget=forms.HiddenInput)


class PointsForm(BuyForm):
    """The same, of a number of one's own: its points are taken."""

    msisdn = forms.CharField(
        label=_("用哪个号码的积分"),
        max_length=20,
        help_text=_("合作方从这个号码的会员账户扣积分。"),
        widget=forms.Select,
    )

    def __init__(self, *args: Any, numbers: list[str], **options: Any) -> None:
        super().__init__(*args, **options)
        choice = self.fields["msisdn"].widget
        assert isinstance(choice, forms.Select)
        choice.choices = [(number, number) for number in numbers]


@login_required
@never_cache
@require_GET
def catalog(request: HttpRequest) -> HttpResponse:
    """Show what is on sale, and what was bought."""
    holder = holder_of(request.user)
    now = timezone.now()
    context = {
        "coins": balances_of(holder).coins,
        "kinds": list(_by_kind(products_on_sale(now=now))),
        "rows": [shown(row, now=now) for row in purchases_of(holder)[:RECENT_ROWS]],
    }
    return render(request, "catalog/catalog.html", context)


def _by_kind(products: list[Product]) -> Iterator[tuple[str, str | Promise, list[Offered]]]:
    for kind, rows in groupby(products, key=lambda row: row.kind):
        yield kind, KIND_NAMES[kind], [_offered(row) for row in rows]


def _offered(row: Product) -> Offered:
    return {
        "id": opaque_id("prd", row.pk),
        "name": name_of(row),
        "about": about(row),
        "kind": KIND_NAMES[row.kind],
        "coins": row.coins,
        "gives_coins": row.gives_coins,
        "partner": row.partner_id,
    }


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def product(request: HttpRequest, product_id: str) -> HttpResponse:
    """Show a product and ask for how many and for whom."""
    holder = holder_of(request.user)
    found = product_of(product_id=uuid_in("prd", product_id))
    form = _form(request, found, holder=holder)
    if form.is_bound and form.is_valid():
        with form_refusals(form):
            return _bought(form, found, holder=holder)
    context = {
        "row": _offered(found),
        "form": form,
        "coins": balances_of(holder).coins,
        "unsold": SENTENCES.get(why_unsold(found, now=timezone.now()), ""),
    }
    return render(request, "catalog/product.html", context, status=422 if form.is_bound else 200)


def _form(request: HttpRequest, found: Product, *, holder: Holder) -> BuyForm:
    sent = request.POST if request.method == "POST" else None
    numbers = [number.msisdn for number in numbers_of(holder)]
    begun = {"msisdn": numbers[0] if numbers else "", "price": found.coins}
    if found.gives_coins:
        return PointsForm(sent, initial=begun, numbers=numbers)
    return BuyForm(sent, initial=begun)


def _bought(form: BuyForm, found: Product, *, holder: Holder) -> HttpResponse:
    asked = form.cleaned_data
    order = collect_points if found.gives_coins else buy_product
    row = at_the_clock(
        lambda now: order(
            holder=holder,
            product=found,
            count=asked["count"],
            coins=asked["price"] * asked["count"],
            msisdn=asked["msisdn"],
            key=form.asked_key,
            now=now,
        )
    )
    nudge(serve, carrier=found.partner_id)
    return redirect("purchase", opaque_id("pur", row.pk))
