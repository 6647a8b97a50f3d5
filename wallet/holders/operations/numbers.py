"""Put numbers under holders."""

from datetime import datetime

from django.db import transaction

from ledger.refusals import Refusal
from wallet.carriers.rules import normalised
from wallet.holders.models import Holder, Number


class NumberTaken(Refusal):
    """The number belongs to another holder."""

    code = "number_taken"


@transaction.atomic
def add_number(
    *,
    holder: Holder,
    msisdn: str,
    carrier: str,
    province: str = "",
    quality: str = Number.Quality.PREFIX,
    now: datetime,
) -> Number:
    """Put a verified phone number under a holder, or return it if it is there already.

    Raises:
        MsisdnUnreadable: it is not a mainland mobile number.
        NumberTaken: it belongs to another holder.
    """
    msisdn = normalised(typed=msisdn)
    Number.objects.get_or_create(
        msisdn=msisdn,
        defaults={
            "holder": holder,
            "carrier_id": carrier,
            "province": province,
            "quality": quality,
            "added_at": now,
        },
    )
    number = Number.objects.select_for_update(no_key=True).get(msisdn=msisdn)
    if number.holder_id is None:
        number.holder = holder
        number.save(update_fields=["holder"])
    if number.holder_id != holder.pk:
        raise NumberTaken("This number belongs to another holder.")
    return number
