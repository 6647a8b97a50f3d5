"""Take back what a real name opened, when staff learns that it was not right."""

from datetime import datetime

from django.db import transaction

from ledger.refusals import Refusal
from ledger.rules import derived_id
from wallet.holders.models import Holder, HolderEvent
from wallet.holders.operations.inbox import tell
from wallet.holders.operations.locks import lock_holder, note_holder


class NotLower(Refusal):
    """A tier is raised by proving a name; staff only lowers it."""

    code = "not_lower"


@transaction.atomic
def lower_tier(*, holder: Holder, tier: int, by: str, reason: str, now: datetime) -> HolderEvent:
    """Lower how well a person is known, tell the person, and return the line that says why.

    What the wallet holds stays, also above the lower tier's limit; what was begun goes on. The
    person may prove the same name again. At tier 0 the year of birth is forgotten.

    Raises:
        ReasonMissing: staff does not say why.
        NotLower: the holder's tier is not above this one.
    """
    held = lock_holder(holder)
    before = held.tier
    if not 0 <= tier < before:
        raise NotLower(f"The tier is {before} already.", tier=before)
    held.tier = tier
    if tier == 0:
        held.birth_year = None
    held.save(update_fields=["tier", "birth_year"])
    event = note_holder(
        held, kind=HolderEvent.Kind.TIER, by=by, reason=reason, now=now, before=before, after=tier
    )
    told = derived_id(held.pk, "identity_lowered", str(event.pk))
    tell(holder=held, kind="identity_lowered", subject_id=told, now=now, facts={"tier": tier})
    return event
