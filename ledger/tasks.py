"""The ledger's Celery tasks, collected from its folders."""

from ledger.months.tasks import open_months_ahead, resume_closes, settle_ended_month

__all__ = ["open_months_ahead", "resume_closes", "settle_ended_month"]
