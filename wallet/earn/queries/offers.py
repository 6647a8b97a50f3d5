"""Tasks and earnings: what is on offer, what somebody started, what stands behind."""

from datetime import datetime
from uuid import UUID

from django.db.models import (
    BigIntegerField,
    Exists,
    F,
    OuterRef,
    Prefetch,
    Q,
    QuerySet,
    Subquery,
    Sum,
    TextField,
    Value,
)
from django.db.models.functions import Cast, Coalesce, Concat
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from ledger.models import Balance
from ledger.registry import Cause
from ledger.rules import COIN
from wallet.earn.models import Earning, EarningStage, Task, TaskStage
from wallet.holders.models import Holder, Member
from wallet.holders.rules import UnknownId
from wallet.sponsors.models import Campaign

_OPEN_STAGES = (EarningStage.State.WAITING, EarningStage.State.PROVED)


def open_earnings() -> QuerySet[Earning]:
    """Return everybody's earnings whose coins are not all paid or back."""
    return Earning.objects.filter(state=Earning.State.STARTED).order_by("pk")


def tasks() -> QuerySet[Task]:
    """Return every task with `coins`, what all its stages pay; newest first."""
    paid = (
        TaskStage.objects.filter(task=OuterRef("pk"))
        .order_by()
        .values("task")
        .annotate(coins=Sum("coins"))
        .values("coins")
    )
    return (
        Task.objects.annotate(coins=Subquery(paid, output_field=BigIntegerField()))
        .select_related("campaign__sponsor")
        .prefetch_related("stages")
        .order_by("-published_at", "-id")
    )


def tasks_on_offer(holder: Holder) -> QuerySet[Task]:
    """Return the tasks a person could start now: open, live, funded, not begun, not its own."""
    address = Concat(
        Value("campaign/"),
        Cast(OuterRef("campaign_id"), TextField()),
        Value("/budget"),
        output_field=TextField(),
    )
    left = Balance.objects.filter(account__address=address, account__asset=COIN).values("balance")
    mine = Member.objects.filter(organisation=OuterRef("campaign__sponsor"), user=holder.user)
    return (
        tasks()
        .filter(is_open=True, campaign__state=Campaign.State.LIVE)
        .exclude(Exists(Earning.objects.filter(task=OuterRef("pk"), holder=holder)))
        .exclude(Exists(mine))
        .annotate(left=Coalesce(Subquery(left), 0, output_field=BigIntegerField()))
        .filter(left__gte=F("coins"))
    )


def task_with(task_id: UUID, *, campaign: Campaign | None = None) -> Task:
    """Return a task, of this campaign if one is named, with `coins`, what all its stages pay.

    Raises:
        UnknownId: there is none.
    """
    among = tasks() if campaign is None else tasks_of(campaign)
    found = among.filter(pk=task_id).first()
    if found is None:
        raise UnknownId("No task has this id.")
    return found


def tasks_of(campaign: Campaign) -> QuerySet[Task]:
    """Return a campaign's tasks, newest first."""
    return tasks().filter(campaign=campaign)


def earnings_of(holder: Holder) -> QuerySet[Earning]:
    """Return what a person started, newest first, with its stages in their order."""
    return (
        Earning.objects.filter(holder=holder)
        .select_related("task__campaign__sponsor")
        .prefetch_related(Prefetch("stages", EarningStage.objects.order_by("place")))
        .order_by("-started_at", "-id")
    )


def open_earnings_of(holder: Holder) -> list[tuple[Earning, int]]:
    """Return what a person started that still holds coins, with how many, newest first."""
    found = earnings_of(holder).filter(stages__state__in=_OPEN_STAGES).distinct()
    return [
        (one, sum(stage.coins for stage in one.stages.all() if stage.state in _OPEN_STAGES))
        for one in found
    ]


def earning_of(*, holder: Holder, earning_id: UUID) -> Earning:
    """Return one of a person's earnings.

    Raises:
        UnknownId: the person has no such earning.
    """
    found = earnings_of(holder).filter(pk=earning_id).first()
    if found is None:
        raise UnknownId("You have no such earning.")
    return found


def coins_waiting_for(holder: Holder) -> int:
    """Return the coins set aside for a person that have neither vested nor lapsed."""
    waiting = EarningStage.objects.filter(earning__holder=holder, state__in=_OPEN_STAGES)
    return waiting.aggregate(coins=Sum("coins"))["coins"] or 0


def cause_of_earning(address: str) -> Cause | None:
    """Tell an auditor which task somebody started behind an address."""
    found = (
        Earning.objects.select_related("task__campaign")
        .prefetch_related("stages")
        .filter(pk=address.split("/")[1])
        .first()
    )
    if found is None:
        return None
    task = found.task
    facts = {
        _("所做任务"): task.title_en if get_language() == "en" else task.title_zh,
        _("所属活动"): task.campaign.name,
        _("持有人"): str(found.holder_id),
        _("状态"): found.get_state_display(),
        _("开始时间"): found.started_at.isoformat(),
    }
    facts |= {
        _("阶段 %(event)s") % {"event": one.event}: f"{one.coins} {one.get_state_display()}"
        for one in found.stages.all()
    }
    return Cause(title=_("做任务得 %(coins)s 枚币") % {"coins": found.coins}, facts=facts)


def earnings_owned_by(holder: UUID, *, start: datetime, end: datetime) -> list[str]:
    """Return where coins were set aside for a person's tasks between two instants."""
    waited = Q(ended_at__isnull=True) | Q(ended_at__gte=start)
    rows = Earning.objects.filter(waited, holder=holder, started_at__lt=end)
    return [f"earning/{row}" for row in rows.values_list("pk", flat=True)]
