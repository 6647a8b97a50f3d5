"""Forget everyday records once policy no longer keeps them."""

from datetime import datetime, timedelta
from typing import Any

from django.db.models import QuerySet

from wallet.carriers.reconciliation.models import StatementLine
from wallet.holders.models import ApiRequest, Notice, TextMessage
from wallet.notify.models import Message
from wallet.policy.queries import policy_int

# What was answered, texted and read; the books, and who did what in them, are never forgotten.
KEPT: tuple[tuple[QuerySet[Any], str], ...] = (
    (ApiRequest.objects.all(), "answered_at"),
    (TextMessage.objects.all(), "sent_at"),
    (Notice.objects.all(), "read_at"),
    (StatementLine.objects.all(), "booked_at"),
    (Message.objects.all(), "ended_at"),
)
FORGOTTEN_AT_ONCE = 1_000


def forget_old_records(*, now: datetime, limit: int = 100_000) -> int:
    """Remove everyday records older than `records.keep_days`, and return how many.

    At most `limit` of each kind, a thousand a statement, so that nothing is locked for long.
    """
    before = now - timedelta(days=policy_int("records.keep_days", now=now))
    return sum(
        _forget(rows.filter(**{f"{field}__lt": before}), limit=limit) for rows, field in KEPT
    )


def _forget(old: QuerySet[Any], *, limit: int) -> int:
    forgotten = 0
    while forgotten < limit:
        ids = list(old.order_by("pk").values_list("pk", flat=True)[:FORGOTTEN_AT_ONCE])
        if not ids:
            break
        forgotten += old.filter(pk__in=ids).delete()[0]
    return forgotten
