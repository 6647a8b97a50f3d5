"""The gifts I made: a list, a form, one with its link."""

from typing import Any
from uuid import uuid4

import segno
from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.safestring import mark_safe
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from wallet.contacts.queries import names_by_number
from wallet.gift.models import Gift
from wallet.gift.operations import cancel_gift, send_gift, send_own_data
from wallet.gift.pages.form import FREQUENT_SHOWN, GiftForm
from wallet.gift.queries import (
    claimer_words,
    gift_of,
    gifts_claimed_by,
    gifts_sent_by,
    gifts_waiting_for,
    link_of,
    meant_words,
    recipient_in,
    relations_of,
    sender_words,
    token_for,
)
from wallet.holders.idempotency import at_the_clock
from wallet.holders.models import Holder
from wallet.holders.pages import form_refusals, refusals_said
from wallet.holders.queries import holder_of, number_of
from wallet.holders.rules import opaque_id, uuid_in

SHOWN_MAX = 50


@login_required
@require_GET
@never_cache
def gifts(request: HttpRequest) -> HttpResponse:
    """Show what waits for me, whom I give to often, the gifts I made and those I received."""
    holder = holder_of(request.user)
    kept = names_by_number(holder)
    waiting = gifts_waiting_for(holder, now=timezone.now())[:SHOWN_MAX]
    context = {
        "waiting": [
            (gift, token_for(gift), sender_words(gift, kept=kept)) for gift in _people_of(waiting)
        ],
        "friends": relations_of(holder, limit=FREQUENT_SHOWN),
        "sent": [
            (gift, opaque_id("gft", gift.pk), claimer_words(gift, kept=kept))
            for gift in _people_of(gifts_sent_by(holder)[:SHOWN_MAX])
        ],
        "received": [
            (gift, opaque_id("gft", gift.pk), sender_words(gift, kept=kept))
            for gift in _people_of(gifts_claimed_by(holder)[:SHOWN_MAX])
        ],
    }
    return render(request, "gift/gifts.html", context)


@login_required
@never_cache
def new_gift(request: HttpRequest) -> HttpResponse:
    """Show the form of a new gift, or make the gift."""
    holder = holder_of(request.user)
    if request.method != "POST":
        asked = _asked_for(request)
        form = GiftForm(holder=holder, to=asked.get("to", ""), initial={"key": uuid4(), **asked})
        return render(request, "gift/new.html", {"form": form})
    form = GiftForm(request.POST, holder=holder, to=request.POST.get("to", "")[:40])
    if form.is_valid():
        with form_refusals(form):
            made = at_the_clock(lambda now: _made(holder, form.cleaned_data, now))
            return redirect("gift", opaque_id("gft", made.pk))
    return render(request, "gift/new.html", {"form": form}, status=422)


@login_required
@require_GET
@never_cache
def gift(request: HttpRequest, name: str) -> HttpResponse:
    """Show a gift I made with its link, its code and its poster, or one I claimed.

    While a gift waits, its sender's page asks again every few seconds and shows when it is claimed.
    """
    holder = holder_of(request.user)
    found = gift_of(holder=holder, gift_id=uuid_in("gft", name))
    if getattr(request, "htmx", False):
        is_open = found.state == Gift.State.OPEN
        return HttpResponse(status=204, headers={} if is_open else {"HX-Refresh": "true"})
    is_sender = found.sender_id == holder.pk
    link = link_of(found) if is_sender else ""
    kept = names_by_number(holder)
    context = {
        "gift": found,
        "name": name,
        "token": token_for(found),
        "is_sender": is_sender,
        "claimed_by": claimer_words(found, kept=kept) if is_sender else "",
        "sent_by": "" if is_sender else sender_words(found, kept=kept),
        "meant": meant_words(found, kept=kept) if is_sender else "",
        "is_unkept": is_sender and found.locked_to and found.locked_to not in kept,
        "returns": [(one, opaque_id("gft", one.pk)) for one in found.returns.filter(sender=holder)],
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
    fields = {name: asked[name] for name in ("amount", "greeting", "key")}
    meant = recipient_in(asked["to"] or asked["locked_to"], holder=holder)
    fields |= {"locked_to": meant.locked_to, "friend_of": meant.friend_of}
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


def _asked_for(request: HttpRequest) -> dict[str, str]:
    """Return what another page proposes to give, by its address."""
    names = ("what", "amount", "locked_to", "to")
    return {name: request.GET[name][:100] for name in names if name in request.GET}


def _people_of(rows: QuerySet[Gift]) -> QuerySet[Gift]:
    return rows.prefetch_related("sender__numbers", "claimer__numbers")
