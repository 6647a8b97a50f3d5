"""Tasks and what they pay, in the reader's language."""

from django import template
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from wallet.earn.models import Earning, EarningStage, Task
from wallet.earn.rules import coins_per_minute_tenths, in_tenths

register = template.Library()

EVENTS: dict[str, str | Promise] = {
    "install": _("安装并打开"),
    "day1": _("1 天后再打开"),
    "day7": _("7 天后再打开"),
}
STAGES: dict[str, str | Promise] = {
    EarningStage.State.WAITING: _("等完成"),
    EarningStage.State.PROVED: _("已完成，等到账"),
    EarningStage.State.VESTED: _("已入账"),
    EarningStage.State.LAPSED: _("已过期"),
}
EARNINGS: dict[str, str | Promise] = {
    Earning.State.STARTED: _("进行中"),
    Earning.State.DONE: _("全部完成"),
    Earning.State.LAPSED: _("没有做完"),
}


@register.filter
def task_title(task: Task) -> str:
    """Say a task's title in the reader's language."""
    return task.title_en if get_language() == "en" else task.title_zh


@register.filter
def event_name(event: str) -> str:
    """Say what proves a stage; a sponsor's own event is said as it is written."""
    return str(EVENTS.get(event, event))


@register.filter
def stage_state(state: str) -> str:
    """Say how far a stage is."""
    return str(STAGES[state])


@register.filter
def earning_state(state: str) -> str:
    """Say how far an earning is."""
    return str(EARNINGS[state])


@register.filter
def per_minute(task: Task) -> str:
    """Say what a task (with `coins`) pays per minute, with one decimal, rounded down."""
    coins = sum(stage.coins for stage in task.stages.all())
    return in_tenths(coins_per_minute_tenths(coins=coins, minutes=task.minutes))


@register.filter
def tenths(number: int | None) -> str:
    """Say a number of tenths with one decimal; a dash for none."""
    return "–" if number is None else in_tenths(number)
