"""Start a task: its coins are set aside at once, so that a promise made is a promise funded."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from ledger.operations import post
from ledger.queries import coins_in
from ledger.refusals import BalanceTooLow, KeyReused, Refusal
from ledger.rules import COIN, Posting, derived_id, move
from wallet.earn.models import Earning, EarningStage, Task, TaskReach
from wallet.earn.queries import coins_waiting_for
from wallet.earn.rules import earning_address
from wallet.holders.models import Holder
from wallet.holders.operations import lock_holder, refuse_frozen, refuse_full_wallet
from wallet.sponsors.models import Campaign
from wallet.sponsors.queries import is_member
from wallet.sponsors.rules import campaign_budget


class TaskClosed(Refusal):
    """The task or its campaign takes nobody now."""

    code = "task_closed"


class TaskAlreadyStarted(Refusal):
    """A task pays each person once, and this person started it before."""

    code = "task_already_started"


class CampaignBudgetSpent(Refusal):
    """The campaign has fewer coins left than the task pays."""

    code = "campaign_budget_spent"


class OwnTask(Refusal):
    """Who speaks for a sponsor earns nothing from it."""

    code = "own_task"
    status = 403


@transaction.atomic
def start_task(*, holder: Holder, task: Task, key: UUID, now: datetime) -> Earning:
    """Set a task's coins aside for a person who is about to do it, and return the earning.

    Asked again with the same key, the first earning comes back.

    Raises:
        HolderFrozen: the person may do nothing.
        OwnTask: the person speaks for the sponsor.
        TaskClosed: the task is closed, its campaign paused, or its sponsor frozen.
        TaskAlreadyStarted: the person started it before, with another key.
        CampaignBudgetSpent: the campaign has not enough coins left.
        WalletFull: the person would hold more coins than its tier allows.
        KeyReused: the key already names another task.
    """
    earning_id = derived_id(holder.pk, "start_task", key)
    held = lock_holder(holder)
    found = Earning.objects.filter(pk=earning_id).first()
    if found is not None:
        if found.task_id != task.pk:
            raise KeyReused("The key already names another task.", field="task")
        return found
    offered = Task.objects.select_related("campaign__sponsor").get(pk=task.pk)
    stages = list(offered.stages.all())
    coins = sum(stage.coins for stage in stages)
    _refuse_to_start(holder=held, task=offered, coins=coins, now=now)
    earning = Earning.objects.create(
        pk=earning_id,
        task=offered,
        holder=held,
        coins=coins,
        started_at=now,
        lapses_at=now + timedelta(days=offered.lapse_days),
    )
    EarningStage.objects.bulk_create(
        EarningStage(
            pk=derived_id(earning.pk, stage.event),
            earning=earning,
            event=stage.event,
            coins=stage.coins,
            vest_days=stage.vest_days,
            place=stage.place,
        )
        for stage in stages
    )
    _set_aside(earning=earning, campaign=offered.campaign)
    return earning


def _refuse_to_start(*, holder: Holder, task: Task, coins: int, now: datetime) -> None:
    refuse_frozen(holder)
    if is_member(sponsor_id=task.campaign.sponsor_id, holder=holder):
        raise OwnTask("You speak for this sponsor; its tasks are for others.")
    if Earning.objects.filter(task=task, holder=holder).exists():
        raise TaskAlreadyStarted("You started this task before.")
    is_frozen = task.campaign.sponsor.frozen_at is not None
    if is_frozen or not task.is_open or task.campaign.state != Campaign.State.LIVE:
        raise TaskClosed("This task takes nobody now.")
    # The lock is the person's, not the campaign's: the posting's floor has the last word.
    if coins_in(campaign_budget(task.campaign_id)) < coins:
        raise CampaignBudgetSpent("This task's coins are spent.", coins=coins)
    refuse_full_wallet(holder=holder, coins=coins_waiting_for(holder) + coins, now=now)


def _set_aside(*, earning: Earning, campaign: Campaign) -> None:
    source, target = campaign_budget(campaign.pk), earning_address(earning.pk)
    posting = Posting(
        id=earning.pk,
        kind="task_start",
        at=earning.started_at,
        actor=f"holder/{earning.holder_id}",
        legs=move(asset=COIN, amount=earning.coins, source=source, target=target),
        metadata={"task": str(earning.task_id)},
    )
    try:
        post(posting)
    except BalanceTooLow as spent:
        raise CampaignBudgetSpent("This task's coins are spent.", coins=earning.coins) from spent


def note_reach(*, tasks: Iterable[Task], holder: Holder, now: datetime) -> None:
    """Count a person among those to whom these tasks were shown, once each."""
    seen = [TaskReach(task=task, holder=holder, first_seen_at=now) for task in tasks]
    TaskReach.objects.bulk_create(seen, ignore_conflicts=True)
