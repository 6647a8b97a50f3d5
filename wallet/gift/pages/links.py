"""The page behind a gift's link: looking claims nothing; a friend without a wallet gets one.

领取 → 获取验证码 → 确认: three taps without a session, one with it.
"""

from io import BytesIO

import segno
from allauth.account.adapter import get_adapter
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from ledger.rules import COIN, goods_of
from wallet.gift.models import Gift
from wallet.gift.operations import claim_gift, hold_gift, look_up_gift, thank_sender
from wallet.gift.queries import link_of
from wallet.gift.rules import received_of
from wallet.holders import code_pages
from wallet.holders.idempotency import at_the_clock
from wallet.holders.models import Holder
from wallet.holders.pages import refusals_said
from wallet.holders.queries import holder_of
from wallet.holders.rules import opaque_id


@require_GET
@never_cache
def gift_link(request: HttpRequest, token: str) -> HttpResponse:
    """Show what waits under a link; chat apps fetch this for their previews."""
    gift = _behind(request, token)
    holder = _holder(request)
    goods = goods_of(gift.asset)
    context = {
        "gift": gift,
        "token": token,
        "link": link_of(gift),
        "receives": received_of(gift.asset),
        "carrier": goods.carrier if goods else "",
        "is_coins": gift.asset == COIN,
        "is_over": gift.state == Gift.State.OPEN and timezone.now() >= gift.expires_at,
        "is_mine": holder is not None and gift.sender_id == holder.pk,
        "is_claimed_by_me": holder is not None and gift.claimer_id == holder.pk,
        "number": holder.numbers.order_by("added_at").first() if holder else None,
        "name": opaque_id("gft", gift.pk),
    }
    return render(request, "gift/link.html", context)


@require_POST
def claim(request: HttpRequest, token: str) -> HttpResponse:
    """Put what waits under a link into my wallet; without a session, ask who I am first."""
    gift = _behind(request, token)
    if not request.user.is_authenticated:
        return redirect("gift_phone", token)
    _claim(request, gift)
    return redirect("gift_link", token)


@require_POST
def thanks(request: HttpRequest, token: str) -> HttpResponse:
    """Thank the sender of a gift I claimed."""
    gift = _behind(request, token)
    if not request.user.is_authenticated:
        return redirect("gift_phone", token)
    with refusals_said(request):
        thank_sender(gift=gift, claimer=holder_of(request.user), now=timezone.now())
    return redirect("gift_link", token)


@require_GET
def qr_image(request: HttpRequest, token: str) -> HttpResponse:
    """Return the link as a QR code, to be pressed long or shown as a card's picture."""
    image = BytesIO()
    segno.make(link_of(_behind(request, token))).save(image, kind="png", scale=10, border=4)
    return HttpResponse(image.getvalue(), content_type="image/png")


class _BehindGiftLink:
    kind = "gift"

    def found(self, request: HttpRequest, token: str) -> Gift:
        """Return the gift behind a link."""
        return _behind(request, token)


class PhonePage(_BehindGiftLink, code_pages.PhonePage):
    """Ask for the phone that claims; the gift is kept for it for three minutes."""

    template_name = "gift/phone.html"

    def keep(self, *, msisdn: str) -> None:
        """Keep the gift for the number."""
        hold_gift(gift=self.thing, msisdn=msisdn, now=timezone.now())


class CodePage(_BehindGiftLink, code_pages.CodePage):
    """Take the code: sign in and claim in one tap."""

    template_name = "gift/code.html"

    def claim(self) -> None:
        """Claim the gift."""
        _claim(self.request, self.thing)


def _claim(request: HttpRequest, gift: Gift) -> None:
    with refusals_said(request):
        holder = holder_of(request.user)
        at_the_clock(lambda now: claim_gift(gift=gift, claimer=holder, now=now))


def _behind(request: HttpRequest, token: str) -> Gift:
    guesser = get_adapter().get_client_ip(request)
    return look_up_gift(token=token, guesser=guesser, now=timezone.now())


def _holder(request: HttpRequest) -> Holder | None:
    return Holder.objects.filter(user_id=request.user.pk).first() if request.user.pk else None
