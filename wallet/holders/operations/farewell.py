"""Tell everybody that the service will end, and when, or that it will not."""

from datetime import datetime

from django.db.models import QuerySet

from ledger.rules import SHANGHAI
from wallet.holders.models import Holder, Notice
from wallet.holders.queries import ANNOUNCED, CALLED_OFF, told_in_vain, untold_holders
from wallet.winddown.models import WindDown
from wallet.winddown.queries import call_off_to_tell, live_wind_down


def tell_everybody(*, now: datetime, limit: int = 500) -> int:
    """Put the announcement into the inboxes of those who do not have it; return how many."""
    wind_down = live_wind_down()
    if wind_down is None:
        return 0
    return _tell(untold_holders(wind_down.pk)[:limit], wind_down, kind=ANNOUNCED, now=now)


def tell_called_off(*, now: datetime, limit: int = 500) -> int:
    """Tell those who read that the service ends that it does not; return how many."""
    wind_down = call_off_to_tell()
    if wind_down is None:
        return 0
    told = _tell(told_in_vain(wind_down.pk)[:limit], wind_down, kind=CALLED_OFF, now=now)
    if not told:
        WindDown.objects.filter(pk=wind_down.pk).update(call_off_told_at=now)
    return told


def _tell(holders: QuerySet[Holder], wind_down: WindDown, *, kind: str, now: datetime) -> int:
    on = wind_down.may_begin_at.astimezone(SHANGHAI).date().isoformat()
    ids = list(holders.values_list("pk", flat=True))
    Notice.objects.bulk_create(
        (
            Notice(holder_id=holder, kind=kind, subject_id=wind_down.pk, facts={"on": on}, at=now)
            for holder in ids
        ),
        ignore_conflicts=True,
    )
    return len(ids)
