"""Each carrier's circuit breaker, and how many calls it is given at once.

Closed, it takes as many calls as its row says; after several in a row without an answer it opens
and rests, twice as long each time; then one call tries it, and its answer closes it.
"""

from datetime import datetime

from wallet.carriers.adaptors.contract import (
    CARRIER_ERROR,
    NOT_ANSWERED,
    NOT_SENT,
    Answer,
    Outcome,
)
from wallet.carriers.instructions.rules import MISSES_MAX, Breaker, breaker_of, rest_after
from wallet.carriers.models import Carrier
from wallet.carriers.queries import calls_under_way

#: What tells of the carrier's own state, and nothing of what it was asked.
_MISSES = frozenset({NOT_SENT, NOT_ANSWERED, CARRIER_ERROR})


def takes_a_call(*, carrier: str, now: datetime) -> bool:
    """Say whether one more call may be made now; locks the carrier, so ask before its rows."""
    row = Carrier.parties.select_for_update(no_key=True).get(pk=carrier)
    breaker = breaker_of(misses=row.misses, rests_until=row.rests_until, now=now)
    if breaker is Breaker.OPEN:
        return False
    most = 1 if breaker is Breaker.HALF_OPEN else row.calls_at_once
    return calls_under_way(carrier=carrier, now=now) < most


def note_answer(*, carrier: str, answer: Answer, now: datetime) -> None:
    """Count calls in a row without an answer, and open or close the carrier's breaker."""
    if answer.outcome is not Outcome.UNKNOWN or answer.reason not in _MISSES:
        Carrier.parties.filter(pk=carrier, misses__gt=0).update(
            misses=0, silent_since=None, rests_until=None
        )
        return
    row = Carrier.parties.select_for_update(no_key=True).get(pk=carrier)
    if breaker_of(misses=row.misses, rests_until=row.rests_until, now=now) is Breaker.OPEN:
        return  # it was under way already when the others found nobody there
    row.misses += 1
    row.silent_since = row.silent_since or now
    row.rests_until = now + rest_after(misses=row.misses) if row.misses >= MISSES_MAX else None
    row.save(update_fields=["misses", "silent_since", "rests_until"])
