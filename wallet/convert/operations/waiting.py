"""Wait for a carrier that delivers nothing for coins, and be told when it does."""

from datetime import datetime

from django.db import transaction

from ledger.refusals import Refusal
from wallet.carriers.models import Carrier
from wallet.convert.models import CarrierWait
from wallet.convert.operations.convert import CarrierUnknown
from wallet.convert.queries import sells
from wallet.holders.models import Holder
from wallet.holders.operations import tell


class CarrierSells(Refusal):
    """The carrier delivers for coins now: there is nothing to wait for."""

    code = "carrier_sells"


def join_waiting_list(*, holder: Holder, carrier: str, now: datetime) -> CarrierWait:
    """Put a holder on a carrier's waiting list, and return its place; it has one at most.

    Raises:
        CarrierUnknown: no carrier of ours has this code.
        CarrierSells: it delivers for coins now.
    """
    if not Carrier.objects.filter(pk=carrier).exists():
        raise CarrierUnknown("No carrier has this code.", carrier=carrier[:8])
    if sells(carrier, now=now):
        raise CarrierSells("This carrier delivers for coins now.", carrier=carrier)
    row, _ = CarrierWait.objects.get_or_create(
        holder=holder, carrier_id=carrier, told_at=None, defaults={"joined_at": now}
    )
    return row


def leave_waiting_list(*, holder: Holder, carrier: str) -> None:
    """Take a holder off a carrier's waiting list; who is not on it stays off."""
    CarrierWait.objects.filter(holder=holder, carrier=carrier, told_at=None).delete()


@transaction.atomic
def tell_who_waited(*, now: datetime, limit: int = 500) -> int:
    """Tell those who waited for a carrier that delivers now, each once; return how many."""
    waited_for = CarrierWait.objects.filter(told_at=None).values_list("carrier", flat=True)
    opened = [code for code in waited_for.distinct() if sells(code, now=now)]
    rows = CarrierWait.objects.select_for_update(of=("self",), skip_locked=True, no_key=True)
    waiting = rows.filter(carrier__in=opened, told_at=None).select_related("holder")
    told = list(waiting.order_by("joined_at", "id")[:limit])
    for row in told:
        tell(
            holder=row.holder,
            kind="carrier_opened",
            subject_id=row.pk,
            facts={"carrier": row.carrier_id},
            now=now,
        )
    CarrierWait.objects.filter(pk__in=[row.pk for row in told]).update(told_at=now)
    return len(told)
