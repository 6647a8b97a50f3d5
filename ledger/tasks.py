"""The ledger's Celery tasks, collected from its folders."""

from ledger.adjustments.tasks import expire
from ledger.checkpoints.tasks import cut
from ledger.months.tasks import (
    join_close,
    name_missing_months,
    open_months_ahead,
    resume_closes,
    settle_ended_month,
)
from ledger.proofs.tasks import prove_books
from ledger.seals.tasks import append

__all__ = [
    "append",
    "cut",
    "expire",
    "join_close",
    "name_missing_months",
    "open_months_ahead",
    "prove_books",
    "resume_closes",
    "settle_ended_month",
]
