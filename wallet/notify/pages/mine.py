"""What I want to be told by which way, my address, and the demo's outbox."""

from dataclasses import dataclass, field
from datetime import datetime

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from wallet.carriers.tasks import nudge
from wallet.holders.models import Holder
from wallet.holders.pages import form_refusals
from wallet.holders.queries import holder_of
from wallet.home.sentences import notice_kinds
from wallet.notify.letters import letter_of
from wallet.notify.models import Channel, Message
from wallet.notify.operations import ask_for_mail, choose_notices, forget_mail
from wallet.notify.queries import open_channels, reach_of, terms_at, ways_off, wishes_of
from wallet.notify.sentences import STATES, channel_words, title_of, topic_of
from wallet.notify.tasks import deliver

MESSAGES_SHOWN = 50


class MailForm(forms.Form):
    """An address that a link is sent to."""

    mail = forms.EmailField(
        label=_("邮箱"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email", "inputmode": "email"}),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """Kinds that are called the same, and whether they come by each way that is open."""

    title: str
    name: str
    ways: list[tuple[str, str, bool]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    """Kinds that belong together."""

    title: str
    rows: list[Row] = field(default_factory=list)


@login_required
@require_http_methods(["GET", "POST"])
@never_cache
def wishes(request: HttpRequest) -> HttpResponse:
    """Show what I am told by which way; a POST keeps what I tick."""
    holder, now = holder_of(request.user), timezone.now()
    if request.method == "POST":
        choose_notices(holder=holder, wanted=_changed(request, holder, now=now), now=now)
        messages.success(request, gettext("已经保存。"))
        return redirect("notify")
    return _shown(request, holder, MailForm(), now=now)


@login_required
@require_http_methods(["GET", "POST"])
def ask_mail(request: HttpRequest) -> HttpResponse:
    """Send a link to an address of mine."""
    if request.method == "GET":
        return redirect("notify")
    holder, now, form = holder_of(request.user), timezone.now(), MailForm(request.POST)
    if form.is_valid():
        with form_refusals(form):
            ask_for_mail(holder=holder, mail=form.cleaned_data["mail"], now=now)
            nudge(deliver)
            messages.success(request, gettext("确认邮件发出去了，请打开里面的链接。"))
            return redirect("notify")
    return _shown(request, holder, form, now=now, status=422)


@login_required
@require_http_methods(["GET", "POST"])
def drop_mail(request: HttpRequest) -> HttpResponse:
    """Forget my address."""
    if request.method == "POST":
        forget_mail(holder=holder_of(request.user))
        messages.success(request, gettext("邮箱已经删掉，不再发邮件。"))
    return redirect("notify")


@require_GET
@never_cache
def demo_outbox(request: HttpRequest) -> HttpResponse:
    """Show the texts and e-mails that would have gone out; only in the demo.

    Raises:
        Http404: this is not the demo.
    """
    if not settings.DEMO:
        raise Http404
    rows = Message.objects.select_related("holder__user", "user").order_by("-made_at", "-id")
    shown = [
        (row, letter_of(row), channel_words(row.channel), STATES[row.state])
        for row in rows[:MESSAGES_SHOWN]
    ]
    return render(request, "notify/outbox.html", {"rows": shown})


def _shown(
    request: HttpRequest, holder: Holder, form: MailForm, *, now: datetime, status: int = 200
) -> HttpResponse:
    terms = terms_at(now)
    off = ways_off(holder)
    context = {
        "topics": _topics(holder, now=now),
        "channels": [
            (channel.value, channel_words(channel), channel not in off)
            for channel in open_channels()
        ],
        "has_mail": Channel.MAIL in open_channels(),
        "reach": reach_of(holder),
        "form": form,
        "night": f"{terms.from_hour}:00 – {terms.until_hour}:00",
        "has_night": terms.from_hour != terms.until_hour,
    }
    return render(request, "notify/wishes.html", context, status=status)


def _topics(holder: Holder, *, now: datetime) -> list[Topic]:
    """Return the kinds under what they belong to; those called the same share a row."""
    topics: dict[str, Topic] = {}
    seen: set[str] = set()
    for wish in wishes_of(holder, kinds=notice_kinds(), now=now):
        title = title_of(wish.kind)
        if title in seen:
            continue
        seen.add(title)
        by = {Channel.TEXT: wish.by_text, Channel.MAIL: wish.by_mail}
        ways = [(channel.value, channel_words(channel), by[channel]) for channel in open_channels()]
        topic = topics.setdefault(topic_of(wish.kind), Topic(title=topic_of(wish.kind)))
        topic.rows.append(Row(title=title, name=wish.kind, ways=ways))
    return list(topics.values())


def _changed(request: HttpRequest, holder: Holder, *, now: datetime) -> dict[tuple[str, str], bool]:
    """Return what a form ticks otherwise than it was; a row speaks for all kinds called so."""
    kinds = notice_kinds()
    row_of: dict[str, str] = {}
    for kind in kinds:
        row_of.setdefault(title_of(kind), kind)
    off, found = ways_off(holder), {}
    for channel in open_channels():
        is_on = f"way:{channel.value}" in request.POST
        if is_on != (channel not in off):
            found[channel.value, ""] = is_on
        for wish in wishes_of(holder, kinds=kinds, now=now):
            ticked = f"{channel.value}:{row_of[title_of(wish.kind)]}" in request.POST
            if ticked != (wish.by_text if channel == Channel.TEXT else wish.by_mail):
                found[channel.value, wish.kind] = ticked
    return found
