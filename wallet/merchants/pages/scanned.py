"""The page behind a counter's code: looking pays nothing; and the scanner that reads codes."""

from allauth.account.adapter import get_adapter
from django.contrib.auth.decorators import login_required
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
from wallet.merchants.models import CounterCode
from wallet.merchants.operations import claim_code, look_up_code


@require_GET
@never_cache
def code_link(request: HttpRequest, token: str) -> HttpResponse:
    """Show what a code carries, and whether it may still be claimed."""
    code = _behind(request, token)
    holder = Holder.objects.filter(user_id=request.user.pk).first() if request.user.pk else None
    context = {
        "code": code,
        "token": token,
        "is_over": code.claimer_id is None and timezone.now() >= code.expires_at,
        "is_mine": holder is not None and code.claimer_id == holder.pk,
    }
    return render(request, "merchants/link.html", context)


@require_POST
def claim(request: HttpRequest, token: str) -> HttpResponse:
    """Take the code's coins; without a session, ask who I am first."""
    code = _behind(request, token)
    if not request.user.is_authenticated:
        return redirect("counter_phone", token)
    _claim(request, code)
    return redirect("counter_link", token)


@login_required
@require_GET
def scan(request: HttpRequest) -> HttpResponse:
    """Read a code by the camera, from a picture, or as typed."""
    return render(request, "merchants/scan.html")


class _BehindCode:
    kind = "counter"
    promise = "merchants/promise.html"

    def found(self, request: HttpRequest, token: str) -> CounterCode:
        """Return the code behind a link."""
        return _behind(request, token)


class PhonePage(_BehindCode, code_pages.PhonePage):
    """Ask for the phone that claims."""

    template_name = "merchants/phone.html"


class CodePage(_BehindCode, code_pages.CodePage):
    """Take the code sent to the phone: sign in and claim in one tap."""

    def claim(self) -> None:
        """Claim the coins."""
        _claim(self.request, self.thing)


def _claim(request: HttpRequest, code: CounterCode) -> None:
    with refusals_said(request):
        holder = holder_of(request.user)
        at_the_clock(lambda now: claim_code(code=code, claimer=holder, now=now))


def _behind(request: HttpRequest, token: str) -> CounterCode:
    guesser = get_adapter().get_client_ip(request)
    return look_up_code(token=token, guesser=guesser, now=timezone.now())
