"""Post what decided instructions mean: in batches, each outcome once."""

from collections.abc import Callable, Sequence
from datetime import datetime
from uuid import UUID

import structlog
from django.db import transaction

from ledger.operations import post_batch
from ledger.refusals import Refusal
from ledger.rules import Posting
from wallet.carriers.models import Instruction

log = structlog.get_logger(__name__)

#: Writes the rows that belong to locked, decided instructions of one carrier, and returns what
#: is to be posted for them, by that carrier.
Outcomes = Callable[[Sequence[Instruction]], Sequence[Posting]]


def settle_decided(*, about: str, outcomes: Outcomes, now: datetime, limit: int) -> list[UUID]:
    """Post the outcomes of decided instructions of one family, and return which were settled.

    `about` is the relation of the family's row: `deposit`, `conversion`, … Instructions that
    somebody else is settling are left to it.
    """
    decided = Instruction.objects.filter(
        state__in=Instruction.FINAL, settled_at__isnull=True, **{f"{about}__isnull": False}
    )
    by_carrier: dict[str, list[UUID]] = {}
    for carrier, found in decided.order_by("decided_at").values_list("carrier", "id")[:limit]:
        by_carrier.setdefault(carrier, []).append(found)
    return [
        settled
        for ids in by_carrier.values()
        for settled in _settle_all(ids, outcomes=outcomes, now=now)
    ]


def _settle_all(ids: Sequence[UUID], *, outcomes: Outcomes, now: datetime) -> list[UUID]:
    """Settle a batch; where the ledger refuses it, settle all of it that is not refused."""
    try:
        return _settle(ids, outcomes=outcomes, now=now)
    except Refusal as refusal:
        if len(ids) == 1:
            log.exception("outcome_refused", instruction=str(ids[0]), code=refusal.code)
            return []
    return [done for one in ids for done in _settle_all([one], outcomes=outcomes, now=now)]


@transaction.atomic
def _settle(ids: Sequence[UUID], *, outcomes: Outcomes, now: datetime) -> list[UUID]:
    rows = list(
        Instruction.objects.select_for_update(skip_locked=True, no_key=True)
        .filter(pk__in=ids, settled_at__isnull=True)
        .order_by("id")
    )
    postings = outcomes(rows)
    Instruction.objects.filter(pk__in=[row.pk for row in rows]).update(settled_at=now)
    post_batch(postings)
    return [row.pk for row in rows]
