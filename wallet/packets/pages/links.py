"""The packet behind a link: looking opens nothing, 开 puts a share into the wallet.

开 → 获取验证码 → 确认: three taps without a session, one with it.
"""

from secrets import token_urlsafe

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.timezone import localtime
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from ledger.rules import COIN
from wallet.holders import code_pages
from wallet.holders.idempotency import at_the_clock
from wallet.holders.models import Holder
from wallet.holders.pages import refusals_said
from wallet.holders.queries import holder_of
from wallet.holders.rules import opaque_id
from wallet.holders.sentences import amount_words
from wallet.packets.models import Packet
from wallet.packets.operations import finish_packet, look_up_packet, note_visit, open_packet
from wallet.packets.queries import free_shares, link_of, share_opened
from wallet.packets.rules import visit_code
from wallet.posters.pages import poster_answer, qr_answer
from wallet.posters.rules import Poster

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
    return qr_answer(link_of(_behind(request, token)))


@require_GET
def packet_poster(request: HttpRequest, token: str) -> HttpResponse:
    """Return the packet as a picture to forward: what it is, its greeting, a code to press long."""
    packet = _behind(request, token)
    title = gettext("朋友发的流量红包")
    if packet.is_sponsored:
        title = gettext("%(name)s 的流量红包") % {"name": packet.sender.name}
    facts = {"coins": amount_words(packet.coins, COIN), "count": packet.share_count}
    how = gettext("%(coins)s，%(count)s 份，平分")
    if packet.kind == Packet.Kind.LUCKY:
        how = gettext("%(coins)s，%(count)s 份，拼手气")
    until = gettext("%(at)s 之前有效。") % {"at": f"{localtime(packet.expires_at):%Y-%m-%d %H:%M}"}
    return poster_answer(
        Poster(
            brand=gettext("流量币"),
            title=title,
            text=packet.greeting or how % facts,
            foot=(
                *([how % facts] if packet.greeting else []),
                gettext("长按识别二维码，点开就能抢，不用下载。"),
                until,
            ),
            link=link_of(packet),
        )
    )


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
