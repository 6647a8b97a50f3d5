"""Which part of an account's statement an address of the admin asks for."""

from typing import Any

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from ledger.audit.queries.accounts import Asked
from ledger.statements.rules import Place, day_begins, day_ends, place_named

DAY_YEARS = (2000, 2999)


class RangeForm(forms.Form):
    """From a day to another, both counted, in Shanghai; either may be left open."""

    since = forms.DateField(
        label=_("从"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    until = forms.DateField(
        label=_("到"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )

    def clean(self) -> dict[str, Any]:
        """Refuse a range that ends before it begins, or lies beyond any book."""
        days: dict[str, Any] = super().clean() or {}
        since, until = days.get("since"), days.get("until")
        if since and until and since > until:
            raise forms.ValidationError(_("结束日不能早于开始日。"))
        if any(day and not DAY_YEARS[0] <= day.year <= DAY_YEARS[1] for day in (since, until)):
            raise forms.ValidationError(_("这一天不在账上。"))
        return days


def asked_in(request: HttpRequest, form: RangeForm) -> Asked:
    """Return the page an address asks for; nonsense asks for the newest of all."""
    days: dict[str, Any] = form.cleaned_data if form.is_valid() else {}
    since, until = days.get("since"), days.get("until")
    return Asked(
        since=day_begins(since) if since else None,
        until=day_ends(until) if until else None,
        after=_place(request.GET.get("after", "")),
        before=_place(request.GET.get("before", "")),
    )


def _place(name: str) -> Place | None:
    try:
        return place_named(name)
    except ValueError:
        return None
