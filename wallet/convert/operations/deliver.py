"""Set data or a voucher aside and instruct its carrier to deliver it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from ledger.operations import post
from ledger.refusals import AssetExpired, Refusal
from ledger.rules import Goods, Posting, derived_id, month_of, move
from wallet.carriers.instructions.operations import instruct_carrier
from wallet.carriers.models import Instruction
from wallet.carriers.rules import normalised
from wallet.convert.models import DataDelivery
from wallet.convert.queries import carrier_of
from wallet.convert.rules import checked_mb, deliverable_in, product_of
from wallet.holders.models import Holder, Number
from wallet.holders.operations import lock_holder, refuse_frozen, refuse_short
from wallet.holders.queries import made_before, main_of


class NotDeliverable(Refusal):
    """Only data and vouchers are delivered; coins are converted, own data is taken back."""

    code = "not_deliverable"
    status = 422


class WrongCarrier(Refusal):
    """The goods are of one carrier and the number of another."""

    code = "wrong_carrier"


@transaction.atomic
def deliver_data(
    *, holder: Holder, asset: str, mb: int, msisdn: str, carrier: str = "", key: UUID, now: datetime
) -> DataDelivery:
    """Set data or a voucher (MB) aside for a number of its carrier, and return the delivery.

    `carrier` is the number's carrier as its user says, or empty for the one we take it to have.
    Asked again with the same key, the first delivery comes back.

    Raises:
        BadAmount, MsisdnUnreadable, NotDeliverable: what was asked can be delivered nowhere.
        AssetExpired: its month is past.
        WrongCarrier: the number is with another carrier.
        KeyReused: the key already names a different delivery.
        HolderFrozen: the holder may move nothing.
        NotEnoughData: the holder has less than asked.
    """
    checked_mb(mb)
    msisdn = normalised(typed=msisdn)
    goods = deliverable_in(asset)
    if goods is None:
        raise NotDeliverable("Data and vouchers are delivered.", asset=asset[:64])
    delivery_id = derived_id(holder.pk, "deliver_data", key)
    asked = {"asset": asset, "mb": mb, "msisdn": msisdn}
    rows = DataDelivery.objects.all()
    if before := made_before(rows, row_id=delivery_id, asked=asked):
        return before
    held = lock_holder(holder)
    if before := made_before(rows, row_id=delivery_id, asked=asked):
        return before
    refuse_frozen(held)
    _refuse_undeliverable(goods, msisdn=msisdn, carrier=carrier, now=now)
    refuse_short(address=main_of(held), asset=asset, amount=mb)
    instruction = instruct_carrier(
        instruction_id=delivery_id,
        carrier=goods.carrier,
        kind=Instruction.Kind.SUBMIT,
        msisdn=msisdn,
        mb=mb,
        # A voucher of a later month is worth that month to its owner, not what is left of this one.
        month=goods.month,
        product=product_of(goods),
        now=now,
    )
    row = DataDelivery.objects.create(
        id=delivery_id, holder=held, instruction=instruction, made_at=now, **asked
    )
    post(_setting_aside(row, now=now))
    return row


def _setting_aside(row: DataDelivery, *, now: datetime) -> Posting:
    return Posting(
        id=row.pk,
        kind="data_delivery",
        at=now,
        actor=f"holder/{row.holder_id}",
        legs=move(
            asset=row.asset,
            amount=row.mb,
            source=main_of(row.holder),
            target=f"delivery/{row.pk}",
        ),
        metadata={"delivery": str(row.pk)},
    )


def _refuse_undeliverable(goods: Goods, *, msisdn: str, carrier: str, now: datetime) -> None:
    if goods.month < month_of(now):
        raise AssetExpired("Its month is past.")
    known = carrier_of(msisdn=msisdn, chosen=carrier).carrier
    if known and known != goods.carrier:
        raise WrongCarrier(
            "The goods are of one carrier and the number of another.",
            goods=goods.carrier,
            number=known[:8],
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Bought:
    """Data (MB) that somebody bought and wants on a number at once: the one named, or any.

    With `returns_next_month`, what the carrier refuses comes back as data of the next month.
    """

    id: UUID
    holder_id: UUID
    number_id: UUID | None
    asset: str
    mb: int
    returns_next_month: bool


def deliver_bought(
    bought: Iterable[Bought], *, actor: str, at: datetime, now: datetime
) -> list[Posting]:
    """Instruct the carriers to deliver what is being bought, and return what is to be posted.

    The caller posts it, after what puts the data into the wallets, in the same database
    transaction. What its buyer has no number for is left out: it stays in the wallet.
    """
    wanted = sorted(bought, key=lambda one: one.id)
    if not wanted:
        return []
    numbers = _numbers_for(wanted)
    made = [(one, numbers[one.id]) for one in wanted if one.id in numbers]
    Instruction.objects.bulk_create(_instruction(one, number, now=now) for one, number in made)
    rows = [
        DataDelivery(
            id=one.id,
            holder_id=one.holder_id,
            instruction_id=one.id,
            asset=one.asset,
            mb=one.mb,
            msisdn=number.msisdn,
            returns_next_month=one.returns_next_month,
            made_at=now,
        )
        for one, number in made
    ]
    DataDelivery.objects.bulk_create(rows)
    return [_sending(row, actor=actor, at=at) for row in rows]


def _numbers_for(wanted: list[Bought]) -> dict[UUID, Number]:
    """Return each one's number: the chosen one while it is its buyer's, else the first there is."""
    holders = {one.holder_id for one in wanted}
    rows = Number.objects.filter(holder__in=holders).order_by("-added_at", "-id")
    theirs: dict[tuple[UUID | None, UUID | None], Number] = {
        (row.holder_id, row.pk): row for row in rows
    }
    first = {(row.holder_id, row.carrier_id): row for row in rows}
    found = {
        one.id: theirs.get((one.holder_id, one.number_id))
        or first.get((one.holder_id, _goods(one.asset).carrier))
        for one in wanted
    }
    return {key: number for key, number in found.items() if number is not None}


def _goods(asset: str) -> Goods:
    goods = deliverable_in(asset)
    assert goods is not None
    return goods


def _instruction(one: Bought, number: Number, *, now: datetime) -> Instruction:
    goods = _goods(one.asset)
    return Instruction(
        id=one.id,
        carrier_id=goods.carrier,
        kind=Instruction.Kind.SUBMIT,
        msisdn=number.msisdn,
        mb=one.mb,
        month=goods.month,
        next_at=now,
        created_at=now,
    )


def _sending(row: DataDelivery, *, actor: str, at: datetime) -> Posting:
    return Posting(
        id=row.pk,
        kind="data_delivery",
        at=at,
        actor=actor,
        legs=move(
            asset=row.asset,
            amount=row.mb,
            source=f"holder/{row.holder_id}/main",
            target=f"delivery/{row.pk}",
        ),
        metadata={"delivery": str(row.pk)},
    )
