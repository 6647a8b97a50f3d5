"""The gifts I made: a list, a form, one with its link."""

from typing import Any
from uuid import uuid4

import segno
from django import forms
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.safestring import mark_safe
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from ledger.rules import AMOUNT_MAX, COIN
from wallet.gift.models import Gift
from wallet.gift.operations import cancel_gift, send_gift, send_own_data
from wallet.gift.queries import claimer_words, gift_of, gifts_claimed_by, gifts_sent_by, link_of
from wallet.gift.rules import goods_word
from wallet.holders.idempotency import at_the_clock
from wallet.holders.models import Holder
from wallet.holders.pages import form_refusals, refusals_said
from wallet.holders.queries import balances_of, holder_of, number_of
from wallet.holders.rules import GREETING_LENGTH_MAX, opaque_id, uuid_in
from wallet.holders.sentences import amount_words, asset_words

SHOWN_MAX = 50


class GiftForm(forms.Form):
    """What to give, how much, to whom."""

    what = forms.ChoiceField(label=_("送什么"))
    amount = forms.IntegerField(
        label=_("送多少"),
        min_value=1,
        max_value=AMOUNT_MAX,
        help_text=_("币或 MB，1 币 = 1 MB。"),
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )
    greeting = forms.CharField(
        label=_("祝福语（可不填）"), max_length=GREETING_LENGTH_MAX, required=False
    )
    locked_to = forms.CharField(
        label=_("只送给这个手机号（可不填）"),
        max_length=40,
        required=False,
        help_text=_("不填时，谁先打开链接谁领取。"),
        widget=forms.TextInput(attrs={"type": "tel", "inputmode": "tel"}),
    )
    key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, holder: Holder, **options: Any) -> None:
        super().__init__(*args, **options)
        field = self.fields["what"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = _choices(holder)


@login_required
@require_GET
def gifts(request: HttpRequest) -> HttpResponse:
    """Show the gifts I made and those I received."""
    holder = holder_of(request.user)
    context = {
        "sent": _named(gifts_sent_by(holder)[:SHOWN_MAX]),
        "received": _named(gifts_claimed_by(holder)[:SHOWN_MAX]),
    }
    return render(request, "gift/gifts.html", context)


@login_required
@never_cache
def new_gift(request: HttpRequest) -> HttpResponse:
    """Show the form of a new gift, or make the gift."""
    holder = holder_of(request.user)
    if request.method != "POST":
        form = GiftForm(holder=holder, initial={"key": uuid4(), **_asked_for(request)})
        return render(request, "gift/new.html", {"form": form})
    form = GiftForm(request.POST, holder=holder)
    if form.is_valid():
        with form_refusals(form):
            made = at_the_clock(lambda now: _made(holder, form.cleaned_data, now))
            return redirect("gift", opaque_id("gft", made.pk))
    return render(request, "gift/new.html", {"form": form}, status=422)


@login_required
@require_GET
@never_cache
def gift(request: HttpRequest, name: str) -> HttpResponse:
    """Show a gift I made with its link and its QR code, or one I claimed."""
    holder = holder_of(request.user)
    found = gift_of(holder=holder, gift_id=uuid_in("gft", name))
    is_sender = found.sender_id == holder.pk
    link = link_of(found) if is_sender else ""
    context = {
        "gift": found,
        "name": name,
        "is_sender": is_sender,
        "claimed_by": claimer_words(found) if is_sender else "",
        "link": link,
        # The library's own drawing of our own address: nothing of a user's is in it.
        "qr": mark_safe(segno.make(link).svg_inline(scale=5)) if link else "",  # noqa: S308
    }
    return render(request, "gift/gift.html", context)


@login_required
@require_POST
def cancel(request: HttpRequest, name: str) -> HttpResponse:
    """Take a gift back."""
    holder = holder_of(request.user)
    found = gift_of(holder=holder, gift_id=uuid_in("gft", name))
    with refusals_said(request):
        at_the_clock(lambda now: cancel_gift(gift=found, sender=holder, now=now))
    return redirect("gift", name)


def _made(holder: Holder, asked: dict[str, Any], now: Any) -> Gift:
    fields = {name: asked[name] for name in ("amount", "greeting", "locked_to", "key")}
    line, _slash, asset = asked["what"].rpartition("/")
    if not line:
        return send_gift(sender=holder, asset=asset, **fields, now=now)
    number, _slash, package = line.partition("/")
    return send_own_data(
        sender=holder,
        number=number_of(holder=holder, number_id=uuid_in("num", number)),
        package=package,
        asset=asset,
        **fields,
        now=now,
    )


def _choices(holder: Holder) -> list[tuple[str, str]]:
    """Return what a holder has to give, with how much of it there is."""
    held = balances_of(holder)
    left = gettext("%(what)s，有 %(amount)s")
    goods = [(COIN, COIN, held.coins)]
    goods += [(one.asset, one.asset, one.amount) for one in held.goods if goods_word(one.asset)]
    choices = [
        (value, left % {"what": asset_words(asset), "amount": amount_words(amount, asset)})
        for value, asset, amount in goods
    ]
    return choices + [
        (
            f"{opaque_id('num', line.number.pk)}/{line.package}/{line.asset}",
            left
            % {
                "what": f"{asset_words(line.asset)} {line.number} {line.package}",
                "amount": amount_words(line.mb, line.asset),
            },
        )
        for line in held.lines
        if goods_word(line.asset) == "SURPLUS"
    ]


def _asked_for(request: HttpRequest) -> dict[str, str]:
    """Return what another page proposes to give, by its address."""
    names = ("what", "amount", "locked_to")
    return {name: request.GET[name][:100] for name in names if name in request.GET}


def _named(rows: Any) -> list[tuple[Gift, str]]:
    return [(row, opaque_id("gft", row.pk)) for row in rows]
