"""Write down each look at personal data, and why; nobody looks without a reason."""

from datetime import datetime

from ledger.audit.models import Look
from ledger.audit.queries.looks import reason_in_force
from ledger.refusals import Refusal

REASON_LENGTH_MIN = 4
REASON_LENGTH_MAX = 200


class ReasonMissing(Refusal):
    """Personal data is shown only to whoever says why."""

    code = "look_reason_missing"
    status = 422


def give_reason(*, by: str, subject: str, reason: str, now: datetime) -> Look:
    """Say why one looks at a subject; it holds for the looks of half an hour.

    Raises:
        ReasonMissing: the reason is shorter than 4 or longer than 200 characters.
    """
    reason = reason.strip()
    if not REASON_LENGTH_MIN <= len(reason) <= REASON_LENGTH_MAX:
        raise ReasonMissing("Say in 4 to 200 characters why you look.")
    return Look.objects.create(by=by, kind=Look.Kind.REASON, subject=subject, reason=reason, at=now)


def note_look(*, by: str, kind: Look.Kind, subject: str, now: datetime) -> Look:
    """Write down a look at a subject, under the reason that was given for it.

    Raises:
        ReasonMissing: none was given in the last half hour.
    """
    reason = reason_in_force(by=by, subject=subject, now=now)
    if reason is None:
        raise ReasonMissing("Say why you look, first.")
    return Look.objects.create(by=by, kind=kind, subject=subject, reason=reason, at=now)
