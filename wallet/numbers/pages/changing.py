"""Buttons beside a number of mine."""

from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from wallet.holders.idempotency import at_the_clock
from wallet.holders.models import Holder, Number
from wallet.holders.pages import refusals_said
from wallet.holders.queries import holder_of, number_of
from wallet.holders.rules import uuid_in
from wallet.numbers.operations import change_login, disown_number, port_number, release_number


@login_required
@require_POST
def carrier(request: HttpRequest, number_id: str) -> HttpResponse:
    """Note that the number has another carrier."""
    holder, number = _own(request, number_id)
    with refusals_said(request):
        port_number(
            holder=holder,
            number=number,
            carrier=request.POST.get("carrier", ""),
            now=timezone.now(),
        )
        messages.success(request, gettext("运营商已经改好。"))
    return redirect("numbers")


@login_required
@require_POST
def login(request: HttpRequest, number_id: str) -> HttpResponse:
    """Sign in with this number from now on."""
    holder, number = _own(request, number_id)
    with refusals_said(request):
        change_login(holder=holder, number=number, now=timezone.now())
        messages.success(request, gettext("登录号码已经换好。"))
    return redirect("numbers")


@login_required
@require_POST
def release(request: HttpRequest, number_id: str) -> HttpResponse:
    """Give the number up."""
    holder, number = _own(request, number_id)
    with refusals_said(request):
        at_the_clock(lambda now: release_number(holder=holder, number=number, now=now))
        messages.success(request, gettext("号码已经移出您的钱包。"))
    return redirect("numbers")


@login_required
@require_POST
def disown(request: HttpRequest, number_id: str) -> HttpResponse:
    """Leave a wallet that is somebody else's: the number opens one of its own."""
    holder, number = _own(request, number_id)
    with refusals_said(request):
        at_the_clock(lambda now: disown_number(holder=holder, number=number, now=now))
        logout(request)
        return redirect("account_login")
    return redirect("numbers")


def _own(request: HttpRequest, number_id: str) -> tuple[Holder, Number]:
    holder = holder_of(request.user)
    return holder, number_of(holder=holder, number_id=uuid_in("num", number_id))
