"""What anybody may check: the days' hashes and seeds, a packet recomputed, the program that does it."""

import inspect

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from wallet.holders.rules import uuid_in
from wallet.packets import verify_packet
from wallet.packets.models import Packet
from wallet.packets.queries import (
    broken_in,
    day_facts,
    is_published_before,
    openings_of,
    packet_facts,
    packet_with,
    published_days,
)
from wallet.packets.rules import day_in

DAYS_SHOWN = 40


@require_GET
def fair(request: HttpRequest) -> HttpResponse:
    """Show how a packet is drawn, and the days' hashes and seeds."""
    days = [
        (day, day_facts(day), is_published_before(day)) for day in published_days()[:DAYS_SHOWN]
    ]
    context = {"days": days, "today": day_in(timezone.now())}
    return render(request, "packets/fair.html", context)


@require_GET
def fair_packet(request: HttpRequest, name: str) -> HttpResponse:
    """Show a packet's commitment, and once it is over its seed, its shares and whether all holds."""
    packet = packet_with(uuid_in("pkt", name))
    facts = packet_facts(packet)
    context = {
        "packet": packet,
        "name": name,
        "facts": facts,
        "openings": openings_of(packet),
        "is_over": packet.state != Packet.State.OPEN,
        "broken": broken_in(facts),
    }
    return render(request, "packets/fair_packet.html", context)


@require_GET
def fair_program(request: HttpRequest) -> HttpResponse:
    """Send the program that verifies a packet anywhere."""
    source = inspect.getsource(verify_packet)
    return HttpResponse(source, content_type="text/plain; charset=utf-8")
