"""How far a purchase has come, as its page and its fragment show it."""

from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.functional import Promise
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from wallet.carriers.queries import decided_at_latest, stage_of
from wallet.catalog.models import Purchase
from wallet.catalog.pages.words import ANOTHER_REASON, REASONS, name_of
from wallet.catalog.queries import purchase_of
from wallet.holders.queries import holder_of
from wallet.holders.rules import opaque_id, uuid_in

POLL_STATUS = 286  # htmx ends its polling at this status
UNCHANGED_STATUS = 204  # and swaps nothing at this one, so that nothing is read out again


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A purchase as pages show it.

    `stage` is its state, or while it is on its way, how its partner stands to it.
    """

    id: str
    name: str
    count: int
    coins: int
    gives_coins: bool
    partner: str
    msisdn: str
    stage: str
    why: str | Promise
    decided_by: datetime | None
    made_at: datetime
    ended_at: datetime | None


def shown(row: Purchase, *, now: datetime) -> Shown:
    """Return a purchase as the pages show it."""
    asked = row.instruction
    has_failed = row.state == Purchase.State.REFUNDED
    return Shown(
        id=opaque_id("pur", row.pk),
        name=name_of(row.product),
        count=row.count,
        coins=row.coins,
        gives_coins=row.gives_coins,
        partner=asked.carrier_id,
        msisdn=row.msisdn,
        stage=stage_of(asked, now=now) if row.ended_at is None else row.state,
        why=REASONS.get(asked.reason, ANOTHER_REASON) if has_failed else "",
        decided_by=decided_at_latest(asked),
        made_at=row.made_at,
        ended_at=row.ended_at,
    )


@login_required
@never_cache
@require_GET
def purchase(request: HttpRequest, purchase_id: str) -> HttpResponse:
    """Show how far a purchase has come; htmx asks for its fragment until it has ended."""
    holder = holder_of(request.user)
    row = purchase_of(holder=holder, purchase_id=uuid_in("pur", purchase_id))
    found = shown(row, now=timezone.now())
    if request.headers.get("HX-Request") != "true":
        return render(request, "catalog/purchase.html", {"row": found})
    if request.GET.get("shown") == found.stage:
        return HttpResponse(status=UNCHANGED_STATUS)
    status = POLL_STATUS if found.ended_at else 200
    return render(request, "catalog/progress.html", {"row": found}, status=status)
