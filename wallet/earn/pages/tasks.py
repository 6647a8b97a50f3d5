"""HTML: what may be earned, starting it, and what became of it."""

from csp.decorators import csp_update
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from wallet.earn.models import Earning, Task
from wallet.earn.operations import note_reach, start_task
from wallet.earn.queries import earning_of, earnings_of, task_with, tasks_on_offer
from wallet.earn.rules import address_with_earning, coins_per_minute_tenths, origin_of
from wallet.holders.idempotency import at_the_clock
from wallet.holders.models import Holder
from wallet.holders.pages import KeyedForm, form_refusals
from wallet.holders.queries import holder_of
from wallet.holders.rules import opaque_id, uuid_in

TASKS_SHOWN = 100
EARNINGS_SHOWN = 100


@login_required
@require_GET
def earn(request: HttpRequest) -> HttpResponse:
    """Show the tasks I may start, what a minute pays best first."""
    holder = holder_of(request.user)
    offered = list(tasks_on_offer(holder)[:TASKS_SHOWN])
    note_reach(tasks=offered, holder=holder, now=timezone.now())
    offered.sort(key=_per_minute, reverse=True)
    begun = earnings_of(holder).filter(state=Earning.State.STARTED)
    context = {
        "offers": [(task, opaque_id("tsk", task.pk)) for task in offered],
        "begun": [(each, opaque_id("ern", each.pk)) for each in begun[:EARNINGS_SHOWN]],
    }
    return render(request, "earn/earn.html", context)


def _per_minute(task: Task) -> int:
    coins = sum(stage.coins for stage in task.stages.all())
    return coins_per_minute_tenths(coins=coins, minutes=task.minutes)


@login_required
@require_http_methods(["GET", "POST"])
def task(request: HttpRequest, task_id: str) -> HttpResponse:
    """Show a task; a POST starts it and leads to where the sponsor has it done."""
    holder = holder_of(request.user)
    found = task_with(uuid_in("tsk", task_id))
    form = KeyedForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        with form_refusals(form):
            started = at_the_clock(
                lambda now: start_task(holder=holder, task=found, key=form.asked_key, now=now)
            )
            return HttpResponseRedirect(_place_of(started))
    return _task_page(request, holder=holder, task=found, form=form)


def _task_page(
    request: HttpRequest, *, holder: Holder, task: Task, form: KeyedForm
) -> HttpResponse:
    note_reach(tasks=[task], holder=holder, now=timezone.now())
    begun = earnings_of(holder).filter(task=task).first()
    context = {
        "task": task,
        "form": form,
        "begun": begun,
        "begun_id": opaque_id("ern", begun.pk) if begun else "",
        "is_offered": tasks_on_offer(holder).filter(pk=task.pk).exists(),
    }
    response = render(request, "earn/task.html", context)
    # A browser holds the redirect after a form to the policy of the form's page too.
    csp_update({"form-action": [origin_of(task.url)]})(lambda _: response)(request)
    return response


@login_required
@require_GET
def earnings(request: HttpRequest) -> HttpResponse:
    """Show what I started, newest first."""
    found = earnings_of(holder_of(request.user))[:EARNINGS_SHOWN]
    context = {"earnings": [(each, opaque_id("ern", each.pk)) for each in found]}
    return render(request, "earn/earnings.html", context)


@login_required
@require_GET
def earning(request: HttpRequest, earning_id: str) -> HttpResponse:
    """Show one of my earnings: its stages, and when they vest."""
    found = earning_of(holder=holder_of(request.user), earning_id=uuid_in("ern", earning_id))
    return render(request, "earn/earning.html", {"earning": found, "place": _place_of(found)})


def _place_of(earning: Earning) -> str:
    return address_with_earning(url=earning.task.url, earning=opaque_id("ern", earning.pk))
