"""Publish a sponsor's task, close it, open it again."""

from collections.abc import Sequence
from datetime import datetime
from urllib.parse import urlsplit
from uuid import UUID

from django.db import transaction

from ledger.refusals import KeyReused, Refusal
from ledger.rules import AMOUNT_MAX, derived_id
from wallet.earn.models import Task, TaskStage
from wallet.earn.rules import EVENT, STAGES_MAX, VEST_DAYS_MAX, StagePlan
from wallet.holders.operations import lock_holder, refuse_ending
from wallet.holders.rules import checked_amount
from wallet.policy.queries import policy
from wallet.sponsors.models import Campaign

TITLE_LENGTH_MAX = 64
MINUTES_MAX = 10_080
URL_LENGTH_MAX = 200


class BadTask(Refusal):
    """A task's field cannot be used; `field` says which."""

    code = "bad_task"
    status = 422


@transaction.atomic
def publish_task(
    *,
    campaign: Campaign,
    title_zh: str,
    title_en: str,
    minutes: int,
    url: str,
    stages: Sequence[StagePlan],
    key: UUID,
    now: datetime,
) -> Task:
    """Offer a task of a campaign to everybody, paid in stages in the order given; return it.

    Asked again with the same key, the first task comes back.

    Raises:
        BadTask, BadAmount: the input cannot be used.
        KeyReused: the key already names a different task.
        ServiceEnding: nobody could start it any more.
    """
    _refuse_strange_task(title_zh=title_zh, title_en=title_en, minutes=minutes, url=url)
    planned = _with_days(stages, now=now)
    held = lock_holder(campaign.sponsor)
    task_id = derived_id(campaign.sponsor_id, "publish_task", key)
    if not Task.objects.filter(pk=task_id).exists():
        refuse_ending(held)
    told = {"title_zh": title_zh, "title_en": title_en, "minutes": minutes, "url": url}
    task, is_new = Task.objects.get_or_create(
        pk=task_id,
        defaults={"campaign": campaign, "published_at": now, **told},
    )
    if not is_new:
        _refuse_reuse(task, stages=planned, campaign_id=campaign.pk, **told)
        return task
    TaskStage.objects.bulk_create(
        TaskStage(task=task, place=place, event=one.event, coins=one.coins, vest_days=days)
        for place, (one, days) in enumerate(planned)
    )
    return task


def close_task(*, task: Task) -> Task:
    """Let nobody start this task; what was started goes on."""
    return _steer(task=task, is_open=False)


def reopen_task(*, task: Task) -> Task:
    """Let people start a closed task again."""
    return _steer(task=task, is_open=True)


@transaction.atomic
def _steer(*, task: Task, is_open: bool) -> Task:
    held = Task.objects.select_for_update().get(pk=task.pk)
    held.is_open = is_open
    held.save(update_fields=["is_open"])
    return held


def _refuse_strange_task(*, title_zh: str, title_en: str, minutes: int, url: str) -> None:
    for field, title in (("title_zh", title_zh), ("title_en", title_en)):
        if not 1 <= len(title.strip()) <= TITLE_LENGTH_MAX:
            raise BadTask("A title is between 1 and 64 characters.", field=field)
    if not 1 <= minutes <= MINUTES_MAX:
        raise BadTask("A task takes from 1 minute to a week.", field="minutes")
    if len(url) > URL_LENGTH_MAX or not _is_web_address(url):
        raise BadTask("A task is done at an http or https address.", field="url")


def _is_web_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return parts.scheme in {"http", "https"} and bool(parts.hostname) and url.isprintable()
    except ValueError:  # a bracket without its other, a port that is no number
        return False


def _with_days(stages: Sequence[StagePlan], *, now: datetime) -> list[tuple[StagePlan, int]]:
    if not 1 <= len(stages) <= STAGES_MAX:
        raise BadTask(f"A task has from 1 to {STAGES_MAX} stages.", field="stages")
    if len({one.event for one in stages}) < len(stages):
        raise BadTask("Each stage has an event of its own.", field="stages")
    if sum(checked_amount(one.coins) for one in stages) > AMOUNT_MAX:
        raise BadTask("The stages pay more than can be moved.", field="stages")
    usual: dict[str, int] = policy("earn.vest_days", now=now)
    return [(one, _days_of(one, usual=usual)) for one in stages]


def _days_of(stage: StagePlan, *, usual: dict[str, int]) -> int:
    if not EVENT.fullmatch(stage.event):
        raise BadTask("An event is 1 to 16 of a-z, 0-9, - and _.", field="stages")
    days = usual.get(stage.event) if stage.vest_days is None else stage.vest_days
    if days is None or not 0 <= days <= VEST_DAYS_MAX:
        raise BadTask("Say in how many days a stage vests, 0 to 365.", field="stages")
    return days


def _refuse_reuse(task: Task, *, stages: Sequence[tuple[StagePlan, int]], **asked: object) -> None:
    for field, value in asked.items():
        if getattr(task, field) != value:
            name = field.removesuffix("_id")
            raise KeyReused("The key already names another task.", field=name)
    kept = [(one.event, one.coins, one.vest_days) for one in task.stages.all()]
    if kept != [(one.event, one.coins, days) for one, days in stages]:
        raise KeyReused("The key already names another task.", field="stages")
