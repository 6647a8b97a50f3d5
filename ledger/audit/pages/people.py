"""Somebody's timeline, and what is personal: shown for a reason, and every look written down."""

from uuid import UUID

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from ledger.audit.models import Look
from ledger.audit.operations import (
    REASON_LENGTH_MAX,
    REASON_LENGTH_MIN,
    give_reason,
    note_look,
)
from ledger.audit.pages.desk import MAY_LOOK, PERSON, actor_of, desk, shown
from ledger.audit.pages.things import FilterForm, asked_in, place_text
from ledger.audit.queries import held_by, reason_in_force, timeline_of
from ledger.registry import cause_of, has_personal, personal_of


class ReasonForm(forms.Form):
    """Why somebody's data is looked at."""

    reason = forms.CharField(
        label=_("为什么要看"), min_length=REASON_LENGTH_MIN, max_length=REASON_LENGTH_MAX
    )


@desk(MAY_LOOK)
@never_cache
@require_GET
def person(request: HttpRequest, holder: UUID) -> HttpResponse:
    """Show somebody's entries across the wallet and all that is set aside, newest first."""
    subject = f"{PERSON}/{holder}"
    cause = cause_of(subject)
    if cause is None:
        raise Http404
    if not _may_see(request, subject):
        return _ask_why(request, subject)
    now = timezone.now()
    note_look(by=actor_of(request), kind=Look.Kind.TIMELINE, subject=subject, now=now)
    form = FilterForm(request.GET or None)
    timeline = timeline_of(holder, asked=asked_in(request, form), now=now)
    return shown(
        request,
        "audit/timeline.html",
        title=cause.title,
        cause=cause,
        form=form,
        held=held_by(holder, now=now),
        timeline=timeline,
        below=place_text(timeline),
        personal_url=reverse("audit_personal", args=[PERSON, holder]),
    )


@desk(MAY_LOOK)
@never_cache
@require_GET
def personal(request: HttpRequest, kind: str, thing: UUID) -> HttpResponse:
    """Show what of a thing is personal: whole phone numbers, a greeting."""
    subject = f"{kind}/{thing}"
    facts = personal_of(kind, thing)
    if facts is None:
        raise Http404
    if not _may_see(request, subject):
        return _ask_why(request, subject)
    by = actor_of(request)
    note_look(by=by, kind=Look.Kind.PERSONAL, subject=subject, now=timezone.now())
    return shown(request, "audit/personal.html", title=_("个人资料"), subject=subject, facts=facts)


@desk(MAY_LOOK)
@never_cache
@require_http_methods(["GET", "POST"])
def reason(request: HttpRequest, kind: str, thing: UUID) -> HttpResponse:
    """Ask why somebody looks at a subject, and lead on to what was asked for."""
    if not has_personal(kind):
        raise Http404
    subject = f"{kind}/{thing}"
    after = request.GET.get("next", "")
    if not url_has_allowed_host_and_scheme(after, allowed_hosts=None):
        after = reverse("audit_personal", args=[kind, thing])
    form = ReasonForm(request.POST or None, initial={"reason": request.GET.get("reason", "")})
    if form.is_valid():
        why = form.cleaned_data["reason"]
        give_reason(by=actor_of(request), subject=subject, reason=why, now=timezone.now())
        return redirect(after)
    status = 422 if request.method == "POST" else 200
    return shown(
        request,
        "audit/reason.html",
        title=_("为什么要看"),
        subject=subject,
        form=form,
        status=status,
    )


def _may_see(request: HttpRequest, subject: str) -> bool:
    by = actor_of(request)
    return reason_in_force(by=by, subject=subject, now=timezone.now()) is not None


def _ask_why(request: HttpRequest, subject: str) -> HttpResponse:
    query = {"next": request.get_full_path()}
    if "reason" in request.GET:
        query["reason"] = request.GET["reason"][:REASON_LENGTH_MAX]
    return redirect(f"{reverse('audit_reason', args=subject.split('/'))}?{urlencode(query)}")
