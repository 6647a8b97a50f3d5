"""Celery's door to the checkpoints."""

from celery import shared_task

from ledger.checkpoints.operations import cut_checkpoints


@shared_task(name="ledger.checkpoints.cut")
def cut() -> None:
    """Cut the checkpoints of busy accounts; beat asks every ten seconds."""
    cut_checkpoints()
