"""Set coins aside and instruct a carrier to deliver as many MB."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from ledger.operations import post
from ledger.refusals import Refusal
from ledger.rules import COIN, Posting, derived_id, month_of, move
from wallet.carriers.instructions.operations import instruct_carrier
from wallet.carriers.models import Carrier, Instruction
from wallet.carriers.rules import normalised
from wallet.convert.models import Conversion
from wallet.convert.queries import Guess, carrier_of, sells
from wallet.convert.rules import checked_mb
from wallet.holders.models import Holder
from wallet.holders.operations import lock_holder, refuse_frozen, refuse_short, refuse_unproved
from wallet.holders.queries import made_before, main_of


class CarrierDoesNotSell(Refusal):
    """The number's carrier delivers nothing for coins at present."""

    code = "carrier_does_not_sell"


class CarrierUnknown(Refusal):
    """No carrier of ours has this code, or none is known for the number."""

    code = "carrier_unknown"
    status = 422


@transaction.atomic
def convert_coins(
    *, holder: Holder, msisdn: str, coins: int, carrier: str = "", key: UUID, now: datetime
) -> Conversion:
    """Set coins aside for as many MB on any number (1 coin is 1 MB), and return the conversion.

    `carrier` is the number's carrier as its user says, or empty for the one we take it to have.
    Asked again with the same key, the first conversion comes back.

    Raises:
        BadAmount, MsisdnUnreadable, CarrierUnknown: what was asked can be delivered nowhere.
        CarrierDoesNotSell: the number's carrier delivers nothing for coins at present.
        KeyReused: the key already names a different conversion.
        HolderFrozen: the holder may move nothing.
        NotProved: a number of the holder may have a new owner.
        NotEnoughCoins: the holder has fewer coins than asked.
    """
    checked_mb(coins)
    msisdn = normalised(typed=msisdn)
    conversion_id = derived_id(holder.pk, "convert_coins", key)
    asked = {"msisdn": msisdn, "coins": coins, "chosen_carrier": carrier}
    rows = Conversion.objects.all()
    if before := made_before(rows, row_id=conversion_id, asked=asked):
        return before
    held = lock_holder(holder)
    if before := made_before(rows, row_id=conversion_id, asked=asked):
        return before
    refuse_frozen(held)
    found = _selling_carrier(msisdn=msisdn, chosen=carrier, now=now)
    refuse_unproved(holder=held, coins=coins, now=now)
    refuse_short(address=main_of(held), asset=COIN, amount=coins)
    instruction = instruct_carrier(
        instruction_id=conversion_id,
        carrier=found.carrier,
        kind=Instruction.Kind.SUBMIT,
        msisdn=msisdn,
        mb=coins,
        month=month_of(now),
        now=now,
    )
    row = Conversion.objects.create(
        id=conversion_id,
        holder=held,
        carrier_id=found.carrier,
        known_by=found.quality,
        instruction=instruction,
        made_at=now,
        **asked,
    )
    post(conversion_set_aside(row, now=now))
    return row


def conversion_set_aside(row: Conversion, *, now: datetime) -> Posting:
    """Return what sets a conversion's coins aside."""
    return Posting(
        id=row.pk,
        kind="convert",
        at=now,
        actor=f"holder/{row.holder_id}",
        legs=move(
            asset=COIN,
            amount=row.coins,
            source=main_of(row.holder),
            target=f"conversion/{row.pk}",
        ),
        metadata={"conversion": str(row.pk)},
    )


def _selling_carrier(*, msisdn: str, chosen: str, now: datetime) -> Guess:
    found = carrier_of(msisdn=msisdn, chosen=chosen)
    code = found.carrier
    if not Carrier.objects.filter(pk=code).exists():
        raise CarrierUnknown("Say which carrier the number is with.", carrier=code[:8])
    if not sells(code, now=now):
        raise CarrierDoesNotSell("This carrier delivers nothing for coins now.", carrier=code)
    return found
