"""End every earning because the service ends: what is proved is paid, the rest lapses."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from wallet.earn.models import Earning, EarningStage
from wallet.earn.operations.pay import lapse_stages, lock_earning, vest_stages
from wallet.earn.queries import open_earnings


def end_earnings(*, now: datetime, limit: int = 500) -> int:
    """Pay what is proved of open earnings, whatever its day, lapse the rest; return how many.

    One that somebody else holds is left to the next look.
    """
    ids = list(open_earnings().values_list("pk", flat=True)[:limit])
    return sum(_paid(earning_id=each, now=now) + _lapsed(earning_id=each, now=now) for each in ids)


@transaction.atomic
def _paid(*, earning_id: UUID, now: datetime) -> int:
    earning = lock_earning(earning_id=earning_id)
    proved = _stages(earning, EarningStage.State.PROVED)
    if earning is not None and proved:
        vest_stages(earning=earning, stages=proved, actor="task/end_earnings", now=now)
    return len(proved)


@transaction.atomic
def _lapsed(*, earning_id: UUID, now: datetime) -> int:
    earning = lock_earning(earning_id=earning_id)
    waiting = _stages(earning, EarningStage.State.WAITING)
    if earning is not None and waiting:
        lapse_stages(earning=earning, stages=waiting, actor="task/end_earnings", now=now)
    return len(waiting)


def _stages(earning: Earning | None, state: EarningStage.State) -> list[EarningStage]:
    if earning is None:
        return []
    return list(earning.stages.filter(state=state).order_by("vests_at", "pk"))
