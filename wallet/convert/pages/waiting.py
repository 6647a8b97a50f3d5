"""Join or leave the waiting list of a carrier that delivers nothing for coins."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from wallet.convert.operations import join_waiting_list, leave_waiting_list
from wallet.holders.pages import refusals_said
from wallet.holders.queries import holder_of
from wallet.holders.sentences import carrier_words


@login_required
@require_POST
def join(request: HttpRequest) -> HttpResponse:
    """Wait for the carrier that a button of the convert page names."""
    holder, carrier = holder_of(request.user), request.POST.get("wait", "")
    with refusals_said(request):
        join_waiting_list(holder=holder, carrier=carrier, now=timezone.now())
        said = gettext("%(carrier)s能换的时候会告诉您。") % {"carrier": carrier_words(carrier)}
        messages.success(request, said)
    return redirect("convert")


@login_required
@require_POST
def leave(request: HttpRequest) -> HttpResponse:
    """Wait no longer."""
    leave_waiting_list(holder=holder_of(request.user), carrier=request.POST.get("wait", ""))
    return redirect("convert")
