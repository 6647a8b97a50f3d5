"""Tell everybody that the service will end, and when."""

from datetime import datetime

from ledger.rules import SHANGHAI
from wallet.holders.models import Notice
from wallet.holders.queries import ANNOUNCED, untold_holders
from wallet.winddown.queries import live_wind_down


def tell_everybody(*, now: datetime, limit: int = 500) -> int:
    """Put the announcement into the inboxes of those who do not have it; return how many."""
    wind_down = live_wind_down()
    if wind_down is None:
        return 0
    on = wind_down.may_begin_at.astimezone(SHANGHAI).date().isoformat()
    ids = list(untold_holders(wind_down.pk).values_list("pk", flat=True)[:limit])
    Notice.objects.bulk_create(
        (
            Notice(
                holder_id=holder,
                kind=ANNOUNCED,
                subject_id=wind_down.pk,
                facts={"on": on},
                at=now,
            )
            for holder in ids
        ),
        ignore_conflicts=True,
    )
    return len(ids)
