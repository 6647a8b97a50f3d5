"""HTML for a sponsor's members: a campaign's report, its top-ups, its tasks."""

from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST

from ledger.rules import AMOUNT_MAX
from wallet.earn.operations import close_task, publish_task, reopen_task
from wallet.earn.operations.publish import MINUTES_MAX, TITLE_LENGTH_MAX, URL_LENGTH_MAX
from wallet.earn.queries import budget_by_day, report_of, task_with, tasks_of
from wallet.earn.queries.reports import FORECAST_DAYS
from wallet.earn.rules import StagePlan, bars, days_left
from wallet.holders.idempotency import at_the_clock
from wallet.holders.pages import KeyedForm, form_refusals
from wallet.holders.rules import opaque_id, uuid_in
from wallet.sponsors.models import Campaign
from wallet.sponsors.operations import fund_campaign, pause_campaign, resume_campaign
from wallet.sponsors.pages import manager_asked, member_asked
from wallet.sponsors.queries import budget_of, campaign_of, may_manage

FORECAST_SAID_DAYS_MAX = 365  # a day further off says nothing but that it is far
CHART_DAYS = 30
CHART_WIDTH = 600
CHART_HEIGHT = 120


class FundForm(KeyedForm):
    """How many coins to add."""

    coins = forms.IntegerField(label=_("追加的币"), min_value=1, max_value=AMOUNT_MAX)


class TaskForm(KeyedForm):
    """A task in up to three steps; a step without coins is left out."""

    title_zh = forms.CharField(label=_("中文标题"), max_length=TITLE_LENGTH_MAX)
    title_en = forms.CharField(label=_("英文标题"), max_length=TITLE_LENGTH_MAX)
    minutes = forms.IntegerField(label=_("大约几分钟"), min_value=1, max_value=MINUTES_MAX)
    url = forms.URLField(
        label=_("完成任务的网址"), max_length=URL_LENGTH_MAX, assume_scheme="https"
    )
    install = forms.IntegerField(label=_("安装并打开，币"), min_value=1, max_value=AMOUNT_MAX)
    day1 = forms.IntegerField(
        label=_("1 天后再打开，币"), min_value=1, max_value=AMOUNT_MAX, required=False
    )
    day7 = forms.IntegerField(
        label=_("7 天后再打开，币"), min_value=1, max_value=AMOUNT_MAX, required=False
    )

    def stages(self) -> list[StagePlan]:
        """Return the steps that pay, in their order."""
        asked = [(event, self.cleaned_data[event]) for event in ("install", "day1", "day7")]
        return [StagePlan(event=event, coins=coins) for event, coins in asked if coins]


@login_required
@require_http_methods(["GET", "POST"])
def campaign(request: HttpRequest, sponsor_id: str, campaign_id: str) -> HttpResponse:
    """Show a campaign's report; a POST adds coins of the sponsor's budget."""
    sponsor, role = member_asked(request, sponsor_id)
    found = campaign_of(sponsor=sponsor, campaign_id=uuid_in("cmp", campaign_id))
    form = FundForm(request.POST if request.method == "POST" else None)
    if request.method == "POST":
        manager_asked(request, sponsor_id)
        if form.is_valid():
            coins = form.cleaned_data["coins"]
            with form_refusals(form):
                at_the_clock(
                    lambda now: fund_campaign(
                        campaign=found, coins=coins, key=form.asked_key, now=now
                    )
                )
                messages.success(request, gettext("预算已经追加。"))
                return redirect("campaign", sponsor_id, campaign_id)
    context = _report_context(found) | {
        "sponsor": sponsor,
        "sponsor_id": sponsor_id,
        "campaign_id": campaign_id,
        "form": form,
        "manages": may_manage(role),
        "sponsor_budget": budget_of(sponsor),
    }
    return render(request, "earn/campaign.html", context)


def _report_context(campaign: Campaign) -> dict[str, Any]:
    now = timezone.now()
    report = report_of(campaign)
    days = budget_by_day(campaign=campaign, now=now, days=CHART_DAYS)
    drawn = bars(amounts=[day.coins for day in days], width=CHART_WIDTH, height=CHART_HEIGHT)
    recent = days[-FORECAST_DAYS - 1 :]
    spent = recent[0].coins - recent[-1].coins
    lasts = days_left(left=report.left, spent=spent, days=max(len(recent) - 1, 1))
    return {
        "campaign": campaign,
        "report": report,
        "days": list(zip(days, drawn, strict=True)),
        "width": CHART_WIDTH,
        "height": CHART_HEIGHT,
        "lasts_long": lasts is not None and lasts > FORECAST_SAID_DAYS_MAX,
        "ends_on": None
        if lasts is None or lasts > FORECAST_SAID_DAYS_MAX
        else days[-1].on + timedelta(days=lasts),
        "tasks": [(task, opaque_id("tsk", task.pk)) for task in tasks_of(campaign)],
    }


@login_required
@require_POST
def steer_campaign(request: HttpRequest, sponsor_id: str, campaign_id: str) -> HttpResponse:
    """Pause or resume a campaign, as the button says."""
    sponsor = manager_asked(request, sponsor_id)
    found = campaign_of(sponsor=sponsor, campaign_id=uuid_in("cmp", campaign_id))
    steer = resume_campaign if request.POST.get("to") == Campaign.State.LIVE else pause_campaign
    steer(campaign=found)
    return redirect("campaign", sponsor_id, campaign_id)


@login_required
@require_http_methods(["GET", "POST"])
def task_new(request: HttpRequest, sponsor_id: str, campaign_id: str) -> HttpResponse:
    """Publish a task of a campaign."""
    sponsor = manager_asked(request, sponsor_id)
    found = campaign_of(sponsor=sponsor, campaign_id=uuid_in("cmp", campaign_id))
    form = TaskForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        told = {name: form.cleaned_data[name] for name in ("title_zh", "title_en", "minutes")}
        with form_refusals(form):
            publish_task(
                campaign=found,
                **told,
                url=form.cleaned_data["url"],
                stages=form.stages(),
                key=form.asked_key,
                now=timezone.now(),
            )
            messages.success(request, gettext("任务已经发布。"))
            return redirect("campaign", sponsor_id, campaign_id)
    context = {
        "sponsor_id": sponsor_id,
        "campaign_id": campaign_id,
        "campaign": found,
        "form": form,
    }
    return render(request, "earn/task_new.html", context)


@login_required
@require_POST
def steer_task(
    request: HttpRequest, sponsor_id: str, campaign_id: str, task_id: str
) -> HttpResponse:
    """Close or reopen a task, as the button says.

    Raises:
        UnknownId: the campaign has no such task.
    """
    sponsor = manager_asked(request, sponsor_id)
    found = campaign_of(sponsor=sponsor, campaign_id=uuid_in("cmp", campaign_id))
    task = task_with(uuid_in("tsk", task_id), campaign=found)
    steer = reopen_task if request.POST.get("to") == "open" else close_task
    steer(task=task)
    return redirect("campaign", sponsor_id, campaign_id)
