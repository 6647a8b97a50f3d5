"""Tell holders, into their inboxes."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from wallet.holders.models import Holder, Notice


def tell(
    *,
    holder: Holder,
    kind: str,
    subject_id: UUID,
    now: datetime,
    facts: Mapping[str, str | int | None] | None = None,
) -> None:
    """Put a line into a holder's inbox, once per (holder, kind, subject)."""
    line = Notice(holder=holder, kind=kind, subject_id=subject_id, at=now, facts=dict(facts or {}))
    Notice.objects.bulk_create([line], ignore_conflicts=True)


def read_inbox(*, holder: Holder, now: datetime) -> None:
    """Mark what a holder was told until now as read."""
    Notice.objects.filter(holder=holder, read_at=None, at__lte=now).update(read_at=now)
