"""How far a conversion or a delivery has come, as its page and its fragment show it."""

from dataclasses import dataclass
from datetime import datetime

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.functional import Promise

from ledger.rules import COIN
from wallet.carriers.models import Carrier
from wallet.carriers.queries import decided_at_latest, stage_of
from wallet.convert.models import Conversion, DataDelivery
from wallet.convert.pages.words import ANOTHER_REASON, KNOWN_BY, REASONS
from wallet.holders.models import Holder
from wallet.holders.queries import numbers_of
from wallet.holders.rules import opaque_id
from wallet.holders.sentences import carrier_words

RECENT_ROWS = 10
POLL_STATUS = 286  # htmx ends its polling at this status
UNCHANGED_STATUS = 204  # and swaps nothing at this one, so that nothing is read out again


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A conversion or a delivery as pages show it; `amount` is MB.

    `stage` is its state, or while it is on its way, how its carrier stands to it.
    """

    id: str
    amount: int
    asset: str
    carrier: str
    known_by: str | Promise
    msisdn: str
    stage: str
    why: str | Promise
    decided_by: datetime | None
    made_at: datetime
    ended_at: datetime | None


def shown(row: Conversion | DataDelivery, *, now: datetime) -> Shown:
    """Return a row as the pages show it."""
    if isinstance(row, Conversion):
        prefix, mb, asset = "cnv", row.coins, COIN
    else:
        prefix, mb, asset = "dlv", row.mb, row.asset
    asked = row.instruction
    has_failed = row.state in {Conversion.State.REFUNDED, DataDelivery.State.RETURNED}
    return Shown(
        id=opaque_id(prefix, row.pk),
        amount=mb,
        asset=asset,
        carrier=asked.carrier_id,
        known_by=KNOWN_BY[row.known_by] if isinstance(row, Conversion) else "",
        msisdn=row.msisdn,
        stage=stage_of(asked, now=now) if row.ended_at is None else row.state,
        why=REASONS.get(asked.reason, ANOTHER_REASON) if has_failed else "",
        decided_by=decided_at_latest(asked),
        made_at=row.made_at,
        ended_at=row.ended_at,
    )


def progress(request: HttpRequest, row: Conversion | DataDelivery, *, page: str) -> HttpResponse:
    """Answer with a row's page; htmx gets the fragment, or nothing new."""
    found = shown(row, now=timezone.now())
    if request.headers.get("HX-Request") != "true":
        return render(request, page, {"row": found})
    if request.GET.get("shown") == found.stage:
        return HttpResponse(status=UNCHANGED_STATUS)
    status = POLL_STATUS if found.ended_at else 200
    return render(request, "convert/progress.html", {"row": found}, status=status)


class CarrierField(forms.ChoiceField):
    """The number's carrier as its user says it, or nothing."""

    def offer(self, *, nothing: str | Promise) -> None:
        """Offer every carrier; `nothing` names the empty choice."""
        codes = Carrier.objects.order_by("is_virtual", "code").values_list("code", flat=True)
        self.choices = [("", nothing), *((code, carrier_words(code)) for code in codes)]


def own_number(holder: Holder) -> dict[str, object]:
    """Return the number a form begins with: the holder's first."""
    number = numbers_of(holder).first()
    return {"msisdn": number.msisdn} if number else {}
