"""The packets I sent and opened: a list, a form, one with its link and who opened what."""

from typing import Any
from uuid import uuid4

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

from ledger.queries import coins_in
from ledger.rules import AMOUNT_MAX
from wallet.holders.idempotency import at_the_clock
from wallet.holders.pages import KeyedForm, form_refusals
from wallet.holders.queries import holder_of, main_of
from wallet.holders.rules import GREETING_LENGTH_MAX, opaque_id, uuid_in
from wallet.packets.models import Packet
from wallet.packets.operations import send_packet, send_sponsored_packet
from wallet.packets.queries import (
    link_of,
    openings_of,
    packet_of,
    packets_sent_by,
    share_opened,
    shares_opened_by,
    token_for,
)
from wallet.policy.queries import policy_int
from wallet.sponsors.pages import manager_asked
from wallet.sponsors.queries import budget_of

SHOWN_MAX = 50
SHARES_MAX = 2**31 - 1


class PacketForm(KeyedForm):
    """How many coins among how many friends, and how they are parted."""

    kind = forms.ChoiceField(
        label=_("怎么分"),
        choices=[(Packet.Kind.LUCKY, _("拼手气")), (Packet.Kind.EQUAL, _("平分"))],
        widget=forms.RadioSelect,
        initial=Packet.Kind.LUCKY,
    )
    coins = forms.IntegerField(
        label=_("总共多少币"),
        min_value=1,
        max_value=AMOUNT_MAX,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )
    share_count = forms.IntegerField(
        label=_("分成几份"),
        min_value=1,
        max_value=SHARES_MAX,
        help_text=_("每人抢一份，每份至少 1 币。"),
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )
    greeting = forms.CharField(
        label=_("祝福语（可不填）"), max_length=GREETING_LENGTH_MAX, required=False
    )

    def asked(self) -> dict[str, Any]:
        """Return what a valid form asks for."""
        names = ("kind", "coins", "share_count", "greeting", "key")
        return {name: self.cleaned_data[name] for name in names}


@login_required
@require_GET
def packets(request: HttpRequest) -> HttpResponse:
    """Show the packets I sent and the shares I opened."""
    holder = holder_of(request.user)
    sent = packets_sent_by(holder)[:SHOWN_MAX]
    opened = shares_opened_by(holder)[:SHOWN_MAX]
    context = {
        "sent": [(packet, opaque_id("pkt", packet.pk)) for packet in sent],
        "opened": [(share, opaque_id("pkt", share.packet_id)) for share in opened],
    }
    return render(request, "packets/packets.html", context)


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def packet_new(request: HttpRequest) -> HttpResponse:
    """Show the form of a new packet, or send it."""
    holder = holder_of(request.user)
    form = PacketForm(request.POST) if request.method == "POST" else _empty_form()
    if form.is_bound and form.is_valid():
        with form_refusals(form):
            sent = at_the_clock(lambda now: send_packet(sender=holder, now=now, **form.asked()))
            return redirect("packet", opaque_id("pkt", sent.pk))
    context = {"form": form, "coins": coins_in(main_of(holder)), "hours": _hours()}
    status = 422 if form.is_bound else 200
    return render(request, "packets/new.html", context, status=status)


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def sponsor_packet_new(request: HttpRequest, sponsor_id: str) -> HttpResponse:
    """Send a packet from a sponsor's budget."""
    sponsor = manager_asked(request, sponsor_id)
    form = PacketForm(request.POST) if request.method == "POST" else _empty_form()
    if form.is_bound and form.is_valid():
        with form_refusals(form):
            at_the_clock(
                lambda now: send_sponsored_packet(sponsor=sponsor, now=now, **form.asked())
            )
            return redirect("sponsor_page", sponsor_id)
    context = {
        "form": form,
        "coins": budget_of(sponsor),
        "hours": _hours(),
        "sponsor": sponsor,
        "sponsor_id": sponsor_id,
    }
    status = 422 if form.is_bound else 200
    return render(request, "packets/new.html", context, status=status)


@login_required
@require_GET
@never_cache
def packet(request: HttpRequest, name: str) -> HttpResponse:
    """Show a packet I sent, with its link and its QR code, or one I opened; and who opened what."""
    holder = holder_of(request.user)
    found = packet_of(holder=holder, packet_id=uuid_in("pkt", name))
    is_sender = found.sender_id == holder.pk
    openings = openings_of(found)
    context = {
        "packet": found,
        "name": name,
        "is_sender": is_sender,
        "holder": holder,
        "mine": share_opened(packet=found, holder=holder),
        "openings": openings,
        "opened_coins": sum(opening.coins for opening in openings),
        **(_link_facts(found) if is_sender else {}),
    }
    part = "packets/packet_live.html" if getattr(request, "htmx", False) else "packets/packet.html"
    return render(request, part, context)


def _link_facts(packet: Packet) -> dict[str, str]:
    link = link_of(packet)
    # The library's own drawing of our own address: nothing of a user's is in it.
    qr = mark_safe(segno.make(link).svg_inline(scale=5))  # noqa: S308
    return {"link": link, "token": token_for(packet), "qr": qr}


def _hours() -> int:
    return policy_int("packet.expires_hours", now=timezone.now())


def _empty_form() -> PacketForm:
    return PacketForm(initial={"key": uuid4()})
