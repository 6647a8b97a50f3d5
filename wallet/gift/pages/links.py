"""The page behind a gift's link: looking claims nothing; a friend without a wallet gets one.

领取 → 获取验证码 → 确认: three taps without a session, one with it.
"""

from allauth.account.adapter import get_adapter
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.timezone import localtime
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from ledger.rules import COIN, derived_id, goods_of
from wallet.contacts.queries import names_by_number
from wallet.gift.models import Gift
from wallet.gift.operations import claim_gift, hold_gift, look_up_gift, thank_sender
from wallet.gift.queries import link_of, meant_words, sender_words
from wallet.gift.rules import received_of
from wallet.holders import code_pages
from wallet.holders.idempotency import at_the_clock
from wallet.holders.models import Holder
from wallet.holders.pages import refusals_said
from wallet.holders.queries import holder_of
from wallet.holders.rules import opaque_id
from wallet.holders.sentences import amount_words, carrier_words
from wallet.posters.pages import poster_answer, qr_answer
from wallet.posters.rules import Poster


@require_GET
@never_cache
def gift_link(request: HttpRequest, token: str) -> HttpResponse:
    """Show what waits under a link; chat apps fetch this for their previews."""
    gift, holder, now = _behind(request, token), _holder(request), timezone.now()
    goods = goods_of(gift.asset)
    number = holder.numbers.order_by("added_at").first() if holder else None
    kept = names_by_number(holder) if holder else {}
    context = {
        "gift": gift,
        "token": token,
        "link": link_of(gift),
        "receives": received_of(gift.asset),
        "carrier": goods.carrier if goods else "",
        "is_coins": gift.asset == COIN,
        "is_over": gift.state == Gift.State.OPEN and now >= gift.expires_at,
        "is_held": gift.held_until is not None and gift.held_until > now,
        "is_mine": holder is not None and gift.sender_id == holder.pk,
        "is_claimed_by_me": holder is not None and gift.claimer_id == holder.pk,
        "is_anothers": holder is not None and not _is_for(holder, gift=gift),
        "sent_by": sender_words(gift, kept=kept),
        "meant": meant_words(gift),
        "number": number,
        "is_other_carrier": bool(goods and number and number.carrier_id != goods.carrier),
        # One tap after the claim; tapped again it leads to the same conversion or delivery.
        "top_up_key": derived_id(gift.pk, "top_up"),
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
    return qr_answer(link_of(_behind(request, token)))


@require_GET
def poster_image(request: HttpRequest, token: str) -> HttpResponse:
    """Return the gift as a picture to forward: what it is, the greeting, a code to press long."""
    gift = _behind(request, token)
    title = gettext("送你 %(amount)s") % {"amount": amount_words(gift.amount, gift.asset)}
    until = gettext("%(at)s 之前有效。") % {"at": f"{localtime(gift.expires_at):%Y-%m-%d %H:%M}"}
    foot = [gettext("长按识别二维码，点开就能领取，不用下载。"), until]
    if goods := goods_of(gift.asset):
        only = gettext("这是%(name)s的流量，只能充到%(name)s的号码。")
        foot.insert(0, only % {"name": carrier_words(goods.carrier)})
    return poster_answer(
        Poster(
            brand=gettext("流量币"),
            title=title,
            text=gift.greeting,
            foot=tuple(foot),
            link=link_of(gift),
        )
    )


class _BehindGiftLink:
    kind = "gift"
    promise = "gift/promise.html"

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


def _is_for(holder: Holder, *, gift: Gift) -> bool:
    """Tell whether a holder is among those who may claim a gift."""
    if gift.for_holder_id is not None:
        return gift.for_holder_id == holder.pk
    own = holder.numbers.exclude(recycled_at__gt=gift.made_at)
    return not gift.locked_to or own.filter(msisdn=gift.locked_to).exists()


def _holder(request: HttpRequest) -> Holder | None:
    return Holder.objects.filter(user_id=request.user.pk).first() if request.user.pk else None
