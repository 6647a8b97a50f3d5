"""Pay out stages whose day has come; take back the coins of what was never proved."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from ledger.operations import post, post_batch
from ledger.queries import coins_in
from ledger.rules import COIN, Posting, derived_id, merged, move
from wallet.earn.models import Earning, EarningStage
from wallet.earn.rules import earning_address, repaid_first
from wallet.holders.models import Holder
from wallet.holders.operations import tell
from wallet.holders.queries import main_of
from wallet.sponsors.rules import campaign_budget

Facts = dict[str, str | int | None]


def vest_due_stages(*, now: datetime, limit: int) -> int:
    """Pay out proved stages whose time has come, of at most `limit` earnings; return how many.

    Each earning is a transaction of its own. One that somebody else holds is left to the next
    sweep, so two sweeps side by side pay each stage once.
    """
    due = (
        EarningStage.objects.filter(state=EarningStage.State.PROVED, vests_at__lte=now)
        .order_by("vests_at", "pk")
        .values_list("earning_id", flat=True)[:limit]
    )
    return sum(_vest_due(earning_id=each, now=now) for each in dict.fromkeys(due))


@transaction.atomic
def _vest_due(*, earning_id: UUID, now: datetime) -> int:
    earning = lock_earning(earning_id=earning_id)
    if earning is None:
        return 0
    due = [
        stage
        for stage in earning.stages.order_by("vests_at", "pk")
        if stage.state == EarningStage.State.PROVED and stage.vests_at and stage.vests_at <= now
    ]
    if due:
        vest_stages(earning=earning, stages=due, actor="task/vest", now=now)
    return len(due)


def lock_earning(*, earning_id: UUID) -> Earning | None:
    """Lock an earning and, before it, its person; None while somebody else holds either."""
    free = Holder.objects.select_for_update(skip_locked=True, no_key=True)
    if free.filter(earnings=earning_id).first() is None:
        return None
    return (
        Earning.objects.select_for_update(skip_locked=True, of=("self",))
        .select_related("task")
        .filter(pk=earning_id)
        .first()
    )


def vest_stages(
    *, earning: Earning, stages: Sequence[EarningStage], actor: str, now: datetime
) -> None:
    """Move stages' coins to their person, to what the person owes first: the last statement.

    The caller holds the person's lock, under which the debt is read.
    """
    debt = f"holder/{earning.holder_id}/debt"
    repaid = repaid_first(coins=[stage.coins for stage in stages], owed=-coins_in(debt))
    for stage in stages:
        stage.state = EarningStage.State.VESTED
        stage.vested_at = now
    EarningStage.objects.bulk_update(stages, ["state", "vested_at"])
    end_when_over(earning=earning, now=now)
    for stage in stages:
        facts: Facts = {"coins": stage.coins, "event": stage.event, "task": str(earning.task_id)}
        tell(
            holder=earning.holder, kind="earning_vested", subject_id=stage.pk, facts=facts, now=now
        )
    source, main = earning_address(earning.pk), main_of(earning.holder)
    post_batch(
        [
            Posting(
                id=derived_id(stage.pk, "vest"),
                kind="task_vest",
                at=now,
                actor=actor,
                legs=merged(
                    (
                        *move(asset=COIN, amount=part, source=source, target=debt),
                        *move(asset=COIN, amount=stage.coins - part, source=source, target=main),
                    )
                ),
                metadata={"earning": str(earning.pk), "event": stage.event},
            )
            for stage, part in zip(stages, repaid, strict=True)
        ]
    )


def end_when_over(*, earning: Earning, now: datetime) -> None:
    """End an earning of which no stage waits or is about to vest."""
    states = set(earning.stages.values_list("state", flat=True))
    if states & {EarningStage.State.WAITING, EarningStage.State.PROVED}:
        return
    has_lapsed = EarningStage.State.LAPSED in states
    earning.state = Earning.State.LAPSED if has_lapsed else Earning.State.DONE
    earning.ended_at = now
    earning.save(update_fields=["state", "ended_at"])


def lapse_earnings(*, now: datetime, limit: int) -> int:
    """Return unproved coins of at most `limit` earnings past their time; return how many lapsed.

    Proved stages still vest. One that somebody else holds is left to the next sweep.
    """
    late = Earning.objects.filter(
        state=Earning.State.STARTED,
        lapses_at__lte=now,
        stages__state=EarningStage.State.WAITING,
    )
    ids = late.order_by("lapses_at", "pk").distinct().values_list("pk", "lapses_at")[:limit]
    return sum(_lapse(earning_id=each, now=now) for each, _ in ids)


@transaction.atomic
def _lapse(*, earning_id: UUID, now: datetime) -> int:
    earning = lock_earning(earning_id=earning_id)
    if earning is None:
        return 0
    waiting = list(earning.stages.filter(state=EarningStage.State.WAITING))
    if not waiting:
        return 0
    lapse_stages(earning=earning, stages=waiting, actor="task/lapse", now=now)
    return 1


def lapse_stages(
    *, earning: Earning, stages: Sequence[EarningStage], actor: str, now: datetime
) -> None:
    """Return the coins of stages nobody proved to their campaign: the last statement.

    The caller holds the person's lock and the earning's.
    """
    for stage in stages:
        stage.state = EarningStage.State.LAPSED
    EarningStage.objects.bulk_update(stages, ["state"])
    end_when_over(earning=earning, now=now)
    coins = sum(stage.coins for stage in stages)
    facts: Facts = {"coins": coins, "task": str(earning.task_id)}
    tell(holder=earning.holder, kind="earning_lapsed", subject_id=earning.pk, facts=facts, now=now)
    source, target = earning_address(earning.pk), campaign_budget(earning.task.campaign_id)
    post(
        Posting(
            id=derived_id(earning.pk, "lapse"),
            kind="task_lapse",
            at=now,
            actor=actor,
            legs=move(asset=COIN, amount=coins, source=source, target=target),
            metadata={"earning": str(earning.pk)},
        )
    )
