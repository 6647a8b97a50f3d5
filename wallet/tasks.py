"""The wallet's Celery tasks, collected from its folders."""

from wallet.holders.tasks import forget_who_never_came

__all__ = ["forget_who_never_came"]
