"""What would roll if the month ended now, and the holder's word on it."""

from datetime import datetime

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from ledger.rules import month_after, month_of, starts_at
from wallet.holders.idempotency import at_the_clock
from wallet.holders.models import Holder, Number
from wallet.holders.queries import holder_of, number_of, numbers_of
from wallet.holders.rules import opaque_id, uuid_in
from wallet.rollover.operations.wishes import answer_roll, wish_roll
from wallet.rollover.queries import RollPreview, roll_previews, waiting_for_word


class YesNoForm(forms.Form):
    """One of two buttons, of this month or of the one that ended."""

    says = forms.ChoiceField(choices=(("yes", "yes"), ("no", "no")))
    is_late = forms.BooleanField(required=False)

    def is_yes(self) -> bool:
        """Say which it was; what is neither counts as no."""
        return self.is_valid() and self.cleaned_data["says"] == "yes"


@login_required
@require_GET
def month_end(request: HttpRequest) -> HttpResponse:
    """Show, by number, what would roll, by which rule, and whether the holder is asked."""
    now = timezone.now()
    holder, month = holder_of(request.user), month_of(now)
    previews = roll_previews(holder=holder, month=month, now=now)
    last_month = month_after(month, -1)
    waiting = waiting_for_word(holder=holder, month=last_month)
    context = {
        "month": month,
        "last_month": last_month,
        "rolls_on": starts_at(month_after(month)),
        "numbers": [
            _shown(number, previews=previews) | {"waits": number.pk in waiting}
            for number in numbers_of(holder)
        ],
    }
    return render(request, "rollover/month_end.html", context)


def _shown(number: Number, *, previews: list[RollPreview]) -> dict[str, object]:
    own = [preview for preview in previews if preview.number.pk == number.pk]
    return {
        "id": opaque_id("num", number.pk),
        "number": number,
        "packages": own,
        "rolls_mb": sum(preview.amounts.voucher_mb for preview in own),
        "asks": any(preview.asks for preview in own),
        "answer": own[0].answer if own else None,
    }


@login_required
@require_POST
def wish(request: HttpRequest, number_id: str) -> HttpResponse:
    """Have a number asked, or not."""
    holder, number = _own(request, number_id)
    asks = YesNoForm(request.POST).is_yes()
    wish_roll(holder=holder, number=number, asks=asks, now=timezone.now())
    return redirect("month_end")


@login_required
@require_POST
def answer(request: HttpRequest, number_id: str) -> HttpResponse:
    """Take the holder's word on this month of a number, or on the one that ended."""
    holder, number = _own(request, number_id)
    form = YesNoForm(request.POST)
    rolls = form.is_yes()
    back = 1 if form.cleaned_data.get("is_late") else 0

    def say(now: datetime) -> object:
        month = month_after(month_of(now), -back)
        return answer_roll(holder=holder, number=number, month=month, rolls=rolls, now=now)

    at_the_clock(say)
    return redirect("month_end")


def _own(request: HttpRequest, number_id: str) -> tuple[Holder, Number]:
    holder = holder_of(request.user)
    return holder, number_of(holder=holder, number_id=uuid_in("num", number_id))
