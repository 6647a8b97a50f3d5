"""Put numbers under holders, and write their history."""

from datetime import datetime

from django.db import transaction

from ledger.refusals import Refusal
from wallet.carriers.rules import normalised
from wallet.holders.models import Holder, Number, NumberEvent


class NumberTaken(Refusal):
    """The number belongs to another holder."""

    code = "number_taken"


class NumberQuarantined(Refusal):
    """Another holder released the number a short time ago; it is free again at a known instant."""

    code = "number_quarantined"


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

    A number somebody else had before is in doubt until its holder is known by its real name.

    Raises:
        MsisdnUnreadable: it is not a mainland mobile number.
        NumberTaken: it belongs to another holder.
        NumberQuarantined: another holder released it a short time ago.
    """
    msisdn = normalised(typed=msisdn)
    rows = list(_locked(msisdn))
    held = next((row for row in rows if row.holder_id is not None), None)
    if held is not None:
        number, is_new = held, False
    elif rows and rows[0].former_id in (None, holder.pk):
        number, is_new = _revived(rows[0], holder=holder), True
    else:
        _refuse_quarantined(rows, now=now)
        number, is_new = Number.objects.get_or_create(
            msisdn=msisdn,
            holder__isnull=False,
            defaults={
                "holder": holder,
                "carrier_id": carrier,
                "province": province,
                "quality": quality,
                "added_at": now,
                "recycled_at": now if rows else None,
                "doubted_at": now if rows and holder.tier == 0 else None,
            },
        )
    if number.holder_id != holder.pk:
        raise NumberTaken("This number belongs to another holder.")
    if is_new:
        note_number(number, kind=NumberEvent.Kind.ADDED, by=f"holder/{holder.pk}", now=now)
    return number


def note_number(
    number: Number,
    *,
    kind: NumberEvent.Kind,
    by: str,
    now: datetime,
    **facts: str,
) -> NumberEvent:
    """Add a line to a number's history; its holder is the one it has, or had last."""
    holder_id = number.holder_id or number.former_id
    assert holder_id is not None
    return NumberEvent.objects.create(
        number=number, holder_id=holder_id, kind=kind, by=by, at=now, facts=facts
    )


def _locked(msisdn: str) -> list[Number]:
    """Return everything the number ever was, the latest first, locked."""
    found = Number.objects.select_for_update(no_key=True).filter(msisdn=msisdn)
    rows = found.order_by("-added_at", "-id")
    # Read again once they are locked: whoever had the lock before us may have added another.
    return list(rows) and list(rows.all())


def _revived(number: Number, *, holder: Holder) -> Number:
    """Give a holder back the number it released itself: it is the same, with its lines."""
    number.holder, number.former = holder, None
    number.released_at = number.free_at = None
    number.save(update_fields=["holder", "former", "released_at", "free_at"])
    return number


def _refuse_quarantined(rows: list[Number], *, now: datetime) -> None:
    waits = max((row.free_at for row in rows if row.free_at), default=now)
    if waits > now:
        raise NumberQuarantined(
            f"Another wallet released this number; it is free from {waits:%F}.",
            until=f"{waits:%F}",
        )
