"""Reads of who looked at what, and why."""

from datetime import datetime, timedelta

from ledger.audit.models import Look

REASON_HOLDS = timedelta(minutes=30)


def reason_in_force(*, by: str, subject: str, now: datetime) -> str | None:
    """Return why somebody looks at a subject, as said in the last half hour; None if not said."""
    given = Look.objects.filter(
        by=by, subject=subject, kind=Look.Kind.REASON, at__gt=now - REASON_HOLDS, at__lte=now
    )
    return given.order_by("-at", "-id").values_list("reason", flat=True).first()
