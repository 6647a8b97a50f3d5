"""What lies at an address, and the trial balance."""

from datetime import date
from typing import Any
from uuid import UUID

from django import forms
from django.core.cache import cache
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from ledger.audit.pages.desk import MAY_READ, PERSON, desk, shown, url_at
from ledger.audit.queries import Asked, Place, Timeline, TrialAsset, timeline_at, trial_balance
from ledger.models import Account, Month
from ledger.queries import holdings_at, holdings_under
from ledger.receipts.queries import receipt_of
from ledger.registry import cause_of, has_personal
from ledger.rules import AMOUNT_MAX, month_name, month_named, month_of

OPEN_SECONDS = 60
CLOSED_SECONDS = 30 * 24 * 3600


class FilterForm(forms.Form):
    """Which lines: of one day, of one size, whatever the sign."""

    day = forms.DateField(
        label=_("哪一天"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    amount = forms.IntegerField(label=_("数量"), required=False, min_value=1, max_value=AMOUNT_MAX)


def asked_in(request: HttpRequest, form: FilterForm) -> Asked:
    """Return which part of a timeline an address asks for; nonsense asks for the newest."""
    asked: dict[str, Any] = form.cleaned_data if form.is_valid() else {}
    month, _slash, entry = request.GET.get("below", "").partition("/")
    try:
        below = Place(month_named(month), int(entry))
    except ValueError:
        below = None
    if below and not 0 < below.id <= AMOUNT_MAX:
        below = None
    return Asked(below=below, day=asked.get("day"), amount=asked.get("amount"))


def place_text(timeline: Timeline) -> str:
    """Return the place of the next older page as an address says it."""
    below = timeline.below
    return f"{month_name(below.month)}/{below.id}" if below else ""


@desk(MAY_READ)
@require_GET
def address(request: HttpRequest, address: str) -> HttpResponse:
    """Show what stands behind an address, what is there and how it got there."""
    kind, _slash, rest = address.partition("/")
    if kind == PERSON and url_at(address) != request.path:
        return redirect(url_at(address))
    cause = cause_of(address)
    there = Account.objects.filter(address=address).exists()
    below = there or Account.objects.filter(address__startswith=f"{address}/").exists()
    if cause is None and not below:
        raise Http404
    form = FilterForm(request.GET or None)
    timeline = timeline_at(address, asked=asked_in(request, form), now=timezone.now())
    return shown(
        request,
        "audit/timeline.html",
        title=cause.title if cause else address,
        address=address,
        cause=cause,
        form=form,
        held=[*holdings_at([address]), *holdings_under(f"{address}/")],
        timeline=timeline,
        below=place_text(timeline),
        personal=(kind, rest.split("/")[0]) if has_personal(kind) else None,
    )


@desk(MAY_READ)
@require_GET
def receipt(request: HttpRequest, transaction: UUID) -> HttpResponse:
    """Send a transaction's receipt with every leg: an auditor sees both sides."""
    return HttpResponse(
        receipt_of(transaction, is_own=lambda _address: True),
        content_type="application/json",
        headers={"Content-Disposition": f'attachment; filename="receipt-{transaction}.json"'},
    )


@desk(MAY_READ)
@require_GET
def trial(request: HttpRequest) -> HttpResponse:
    """Show a month's trial balance by asset and kind of account, with its sum: zero."""
    months = list(Month.objects.filter(month__lte=month_of(timezone.now())).order_by("-month"))
    asked = _month_asked(request, months)
    if asked is None:
        raise Http404
    balance, at = _balance_of(asked)
    return shown(
        request,
        "audit/trial.html",
        title=_("试算平衡"),
        month=asked,
        months=[month_name(month.month) for month in months],
        assets=balance,
        at=at,
    )


def _month_asked(request: HttpRequest, months: list[Month]) -> Month | None:
    try:
        wanted: date | None = month_named(request.GET.get("month", ""))
    except ValueError:
        wanted = None
    return next((month for month in months if wanted in {None, month.month}), None)


def _balance_of(month: Month) -> tuple[list[TrialAsset], Any]:
    """Return a month's trial balance and when it was drawn; a closed month's never changes."""
    is_closed = month.state == Month.State.CLOSED
    key = f"trial/{month.month}/{month.closed_at}"
    kept: tuple[list[TrialAsset], Any] | None = cache.get(key)
    if kept is None:
        kept = (trial_balance(month.month), timezone.now())
        cache.set(key, kept, CLOSED_SECONDS if is_closed else OPEN_SECONDS)
    return kept
