"""The packet behind a link: looking opens nothing, 开 puts a share into the wallet.

开 → 获取验证码 → 确认: three taps without a session, one with it.
"""

from io import BytesIO
from secrets import token_urlsafe

import segno
from allauth.account.adapter import get_adapter
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from wallet.holders import code_pages
from wallet.holders.idempotency import at_the_clock
from wallet.holders.models import Holder
from wallet.holders.pages import refusals_said
from wallet.holders.queries import holder_of
from wallet.holders.rules import opaque_id
from wallet.packets.models import Packet
from wallet.packets.operations import finish_packet, look_up_packet, note_visit, open_packet
from wallet.packets.queries import free_shares, link_of, share_opened
from wallet.packets.rules import visit_code

VISITOR_COOKIE = "packet_visitor"
VISITOR_DAYS = 30
# One transparent pixel: whoever loads it is a browser that shows the page, not a preview's fetch.
PIXEL = bytes.fromhex(
    "47494638396101000100800000000000ffffff21f90401000000002c00000000010001000002024401003b"
)


@require_GET
@never_cache
def packet_link(request: HttpRequest, token: str) -> HttpResponse:
    """Show what waits under a link; chat apps fetch this for their previews."""
    packet = _behind(request, token)
    holder = Holder.objects.filter(user_id=request.user.pk).first() if request.user.pk else None
    share = share_opened(packet=packet, holder=holder) if holder else None
    left = free_shares(packet).count()
    visitor = request.COOKIES.get(VISITOR_COOKIE, "") or token_urlsafe(16)
    code = visit_code(packet_id=packet.pk, visitor=visitor)
    context = {
        "packet": packet,
        "token": token,
        "name": opaque_id("pkt", packet.pk),
        "link": link_of(packet),
        "forward": f"{link_of(packet)}?by={code}" if packet.is_sponsored else link_of(packet),
        "by": request.GET.get("by", "")[:16],
        "share": share,
        "opened": packet.share_count - left,
        "is_over": packet.state == Packet.State.EXPIRED or timezone.now() >= packet.expires_at,
        "is_empty": left == 0,
        "is_mine": holder is not None and packet.sender_id == holder.pk,
        "number": holder.numbers.order_by("added_at").first() if holder else None,
    }
    response = render(request, "packets/link.html", context)
    if packet.is_sponsored:
        response.set_cookie(
            VISITOR_COOKIE,
            visitor,
            max_age=VISITOR_DAYS * 86_400,
            path="/p/",
            secure=settings.SESSION_COOKIE_SECURE,
            httponly=True,
            samesite="Lax",
        )
    return response


@require_GET
@never_cache
def packet_seen(request: HttpRequest, token: str) -> HttpResponse:
    """Count a browser that showed a sponsored packet; answer with a picture of one pixel."""
    packet = _behind(request, token)
    visitor = request.COOKIES.get(VISITOR_COOKIE, "")
    if packet.is_sponsored and visitor:
        came_by = request.GET.get("by", "")[:16]
        note_visit(packet=packet, visitor=visitor[:64], came_by=came_by, now=timezone.now())
    return HttpResponse(PIXEL, content_type="image/gif")


@require_POST
def packet_open(request: HttpRequest, token: str) -> HttpResponse:
    """Put the next share into my wallet; without a session, ask who I am first."""
    packet = _behind(request, token)
    if not request.user.is_authenticated:
        return redirect("packet_phone", token)
    _open(request, packet)
    return redirect("packet_link", token)


@require_GET
def packet_qr(request: HttpRequest, token: str) -> HttpResponse:
    """Return the link as a QR code, to be pressed long or shown as a card's picture."""
    image = BytesIO()
    segno.make(link_of(_behind(request, token))).save(image, kind="png", scale=10, border=4)
    return HttpResponse(image.getvalue(), content_type="image/png")


class _BehindPacketLink:
    kind = "packet"
    promise = "packets/promise.html"

    def found(self, request: HttpRequest, token: str) -> Packet:
        """Return the packet behind a link."""
        return _behind(request, token)


class PhonePage(_BehindPacketLink, code_pages.PhonePage):
    """Ask for the phone that opens it; no share is kept, for they are opened in their order."""

    template_name = "packets/phone.html"


class CodePage(_BehindPacketLink, code_pages.CodePage):
    """Take the code: sign in and open in one tap."""

    def claim(self) -> None:
        """Open the packet."""
        _open(self.request, self.thing)


def _open(request: HttpRequest, packet: Packet) -> None:
    with refusals_said(request):
        holder = holder_of(request.user)
        at_the_clock(lambda now: open_packet(packet=packet, claimer=holder, now=now))
        finish_packet(packet=packet, now=timezone.now())


def _behind(request: HttpRequest, token: str) -> Packet:
    guesser = get_adapter().get_client_ip(request)
    return look_up_packet(token=token, guesser=guesser, now=timezone.now())
