"""One box for whatever an auditor was told: a number, an id, a reference, an address."""

from datetime import date
from urllib.parse import urlencode

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from ledger.audit.models import Look
from ledger.audit.operations import REASON_LENGTH_MAX, REASON_LENGTH_MIN, give_reason, note_look
from ledger.audit.pages.desk import MAY_LOOK, MAY_READ, actor_of, desk, named, shown, url_of
from ledger.audit.queries import found_by, is_personal
from ledger.registry import Found

TEXT_LENGTH_MAX = 120
MSISDN_DIGITS = 11


class SearchForm(forms.Form):
    """What to look for; why, when it names somebody; and which day of theirs."""

    q = forms.CharField(label=_("查找"), max_length=TEXT_LENGTH_MAX)
    reason = forms.CharField(
        label=_("查看个人资料的理由"),
        min_length=REASON_LENGTH_MIN,
        max_length=REASON_LENGTH_MAX,
        required=False,
    )
    day = forms.DateField(label=_("哪一天"), required=False)


@desk(MAY_READ)
@require_http_methods(["GET", "POST"])
def search(request: HttpRequest) -> HttpResponse:
    """Show what a text names, or lead to it when it is one thing.

    The text comes in the body: a phone number belongs in no address and no log of addresses.
    """
    form = SearchForm(request.POST or None)
    if not form.is_valid():
        return _asked(request, form, found=None)
    text, reason = form.cleaned_data["q"], form.cleaned_data["reason"]
    if is_personal(text):
        if not request.user.has_perm(MAY_LOOK):
            raise PermissionDenied
        if not reason:
            form.add_error("reason", gettext("查手机号要先写理由，会记录下来。"))
            return _asked(request, form, found=None, status=422)
    found = found_by(text)
    if is_personal(text):
        _note(found, text=text, reason=reason, by=actor_of(request))
    if len(found) == 1:
        return redirect(_with_day(url_of(found[0]), day=form.cleaned_data["day"]))
    return _asked(request, form, found=found)


def _note(found: list[Found], *, text: str, reason: str, by: str) -> None:
    """Write the search down; its reason holds for whoever it found."""
    now = timezone.now()
    digits = "".join(filter(str.isdigit, text))[-MSISDN_DIGITS:]
    searched = f"phone/{digits[:3]}****{digits[-4:]}"
    for subject in [searched, *(one.address for one in found if one.address)]:
        give_reason(by=by, subject=subject, reason=reason, now=now)
    note_look(by=by, kind=Look.Kind.SEARCH, subject=searched, now=now)


def _with_day(url: str, *, day: date | None) -> str:
    return f"{url}?{urlencode({'day': day.isoformat()})}" if day else url


def _asked(
    request: HttpRequest, form: SearchForm, *, found: list[Found] | None, status: int = 200
) -> HttpResponse:
    return shown(
        request,
        "audit/search.html",
        title=_("查账"),
        form=form,
        found=None if found is None else named(found),
        may_look=request.user.has_perm(MAY_LOOK),
        status=status,
    )
