"""Save small, take whole (零存整取): a carrier buys deposited data for coins."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from ledger.operations import post
from ledger.refusals import Refusal
from ledger.rules import COIN, Leg, Posting, derived_id, month_of, move
from wallet.holders.models import Holder, Number
from wallet.holders.operations import (
    checked_amount,
    lock_holder,
    refuse_frozen,
    refuse_full_wallet,
    refuse_short,
)
from wallet.holders.queries import line_of, made_before, main_of, number_of
from wallet.rollover.models import Saving
from wallet.rollover.queries import saved_with, saving_rate
from wallet.rollover.rules import bought_address, coins_due, surplus_asset


class SavingOff(Refusal):
    """The number's carrier gives no coins for data now."""

    code = "saving_off"


@transaction.atomic
def save_as_coins(
    *, holder: Holder, number: Number, package: str, mb: int, key: UUID, now: datetime
) -> Saving:
    """Turn deposited data (MB) of this month into coins at the carrier's rate, and return the saving.

    The coins are those that all of the holder's savings with the carrier give together, less what
    was paid before. Asked again with the same key, the first saving comes back.

    Raises:
        BadAmount: the amount is no whole number of MB above zero.
        KeyReused: the key already names a different saving.
        HolderFrozen: the holder may move nothing.
        UnknownId: the number is not the holder's.
        SavingOff: the carrier gives no coins for data now.
        NotEnoughData: less lies on the number's line than asked.
        WalletFull: the holder's tier may not hold as many coins.
    """
    checked_amount(mb)
    saving_id = derived_id(holder.pk, "save_as_coins", key)
    asked = {"number_id": number.pk, "package": package, "mb": mb}
    rows = Saving.objects.select_related("number")
    if before := made_before(rows, row_id=saving_id, asked=asked):
        return before
    held = lock_holder(holder)
    if before := made_before(rows, row_id=saving_id, asked=asked):
        return before
    refuse_frozen(held)
    own = number_of(holder=held, number_id=number.pk)
    row = _priced(own, holder=held, saving_id=saving_id, package=package, mb=mb, now=now)
    refuse_short(
        address=line_of(number=own, package=package),
        asset=surplus_asset(carrier=row.carrier_id, month=row.month),
        amount=mb,
    )
    if row.coins:
        refuse_full_wallet(holder=held, coins=row.coins, now=now)
    row.save(force_insert=True)
    post(_posting(row))
    return row


def _priced(
    number: Number, *, holder: Holder, saving_id: UUID, package: str, mb: int, now: datetime
) -> Saving:
    """Return the saving with its coins, not yet written; the holder is locked."""
    rate = saving_rate(carrier=number.carrier_id, now=now)
    if not rate:
        raise SavingOff("Your carrier gives no coins for data now.", carrier=number.carrier_id)
    before = saved_with(holder=holder, carrier=number.carrier_id)
    return Saving(
        id=saving_id,
        holder=holder,
        number=number,
        carrier_id=number.carrier_id,
        package=package,
        month=month_of(now),
        mb=mb,
        rate_coins_per_100mb=rate,
        coins=coins_due(
            hundredths=before.hundredths + mb * rate,
            paid_coins=before.coins,
        ),
        saved_at=now,
    )


def _posting(row: Saving) -> Posting:
    legs: tuple[Leg, ...] = move(
        asset=surplus_asset(carrier=row.carrier_id, month=row.month),
        amount=row.mb,
        source=line_of(number=row.number, package=row.package),
        target=bought_address(carrier=row.carrier_id),
    )
    if row.coins:
        legs += move(
            asset=COIN,
            amount=row.coins,
            source=f"issuer/{row.carrier_id}",
            target=main_of(row.holder),
        )
    return Posting(
        id=row.pk,
        kind="save_as_coins",
        at=row.saved_at,
        actor=f"holder/{row.holder_id}",
        legs=legs,
        metadata={"number": str(row.number_id), "package": row.package},
    )
