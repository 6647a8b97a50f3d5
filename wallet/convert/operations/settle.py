"""Post what the carriers decided: delivered, refunded, or asked of the right carrier once more."""

from collections.abc import Sequence
from datetime import datetime

from ledger.rules import COIN, Leg, Posting, derived_id, month_after, month_of, move
from wallet.carriers.instructions.operations import instruct_carrier
from wallet.carriers.instructions.rules import NOT_ITS_NUMBER
from wallet.carriers.instructions.settlement import settle_decided
from wallet.carriers.models import Carrier, Instruction
from wallet.carriers.rules import Quality
from wallet.convert.models import Conversion, DataDelivery
from wallet.convert.queries import carrier_of, sells
from wallet.convert.rules import deliverable_in, in_month
from wallet.holders.operations import tell
from wallet.holders.queries import main_of

ACTOR = "task/convert"
SETTLED_MAX = 200


def settle_conversions(*, now: datetime, limit: int = SETTLED_MAX) -> int:
    """Post the outcome of conversions their carriers decided; return how many were settled.

    A refusal because the number is another carrier's is answered by one new instruction there,
    not by a refund.
    """

    def outcomes(decided: Sequence[Instruction]) -> list[Posting]:
        rows = (
            Conversion.objects.select_for_update(of=("self",), no_key=True)
            .filter(instruction__in=decided)
            .select_related("holder", "instruction")
            .order_by("id")
        )
        return [posting for row in rows if (posting := _conversion_outcome(row, now=now))]

    return len(settle_decided(about="conversion", outcomes=outcomes, now=now, limit=limit))


def _conversion_outcome(row: Conversion, *, now: datetime) -> Posting | None:
    if row.instruction.state == Instruction.State.DELIVERED:
        return _ended(row, state=Conversion.State.DELIVERED, now=now)
    if _redetected(row, now=now):
        return None
    return _ended(row, state=Conversion.State.REFUNDED, now=now)


def _redetected(row: Conversion, *, now: datetime) -> bool:
    """Instruct the number's right carrier, once; say whether that was done."""
    refused = row.instruction
    if refused.reason not in NOT_ITS_NUMBER or row.redetected:
        return False
    # A carrier that names no other leaves what we take the number to be, whatever its user said.
    found = carrier_of(msisdn=row.msisdn)
    right = refused.present_carrier or found.carrier
    if right == row.carrier_id:
        return False
    if not Carrier.objects.filter(pk=right).exists() or not sells(right, now=now):
        return False
    row.instruction = instruct_carrier(
        instruction_id=derived_id(row.pk, "redetected"),
        carrier=right,
        kind=Instruction.Kind.SUBMIT,
        msisdn=row.msisdn,
        mb=row.coins,
        month=month_of(now),
        now=now,
    )
    row.carrier_id, row.redetected = right, True
    row.known_by = Quality.CARRIER if refused.present_carrier else found.quality
    row.save(update_fields=["instruction", "carrier", "redetected", "known_by"])
    return True


def _ended(row: Conversion, *, state: Conversion.State, now: datetime) -> Posting:
    is_delivered = state == Conversion.State.DELIVERED
    row.state, row.ended_at = state, now
    row.save(update_fields=["state", "ended_at"])
    kind = "convert_delivered" if is_delivered else "convert_refunded"
    tell(
        holder=row.holder,
        kind=kind,
        subject_id=row.pk,
        facts={"coins": row.coins, "reason": row.instruction.reason},
        now=now,
    )
    return Posting(
        id=derived_id(row.pk, "end"),
        kind=kind,
        at=now,
        actor=ACTOR,
        legs=move(
            asset=COIN,
            amount=row.coins,
            source=f"conversion/{row.pk}",
            target=f"carrier/{row.carrier_id}/payable" if is_delivered else main_of(row.holder),
        ),
        metadata={"conversion": str(row.pk)},
    )


def settle_data_deliveries(*, now: datetime, limit: int = SETTLED_MAX) -> int:
    """Post the outcome of deliveries their carriers decided; return how many were settled.

    What failed after its month comes back as the same MB of the same kind in the current month;
    what was bought in a month's last call, in the next month at the earliest.
    """

    def outcomes(decided: Sequence[Instruction]) -> list[Posting]:
        rows = (
            DataDelivery.objects.select_for_update(of=("self",), no_key=True)
            .filter(instruction__in=decided)
            .select_related("holder", "instruction")
            .order_by("id")
        )
        return [_delivery_outcome(row, now=now) for row in rows]

    return len(settle_decided(about="data_delivery", outcomes=outcomes, now=now, limit=limit))


def _delivery_outcome(row: DataDelivery, *, now: datetime) -> Posting:
    is_delivered = row.instruction.state == Instruction.State.DELIVERED
    legs = _delivered_legs(row) if is_delivered else _returned_legs(row, now=now)
    row.state = DataDelivery.State.DELIVERED if is_delivered else DataDelivery.State.RETURNED
    row.ended_at = now
    row.save(update_fields=["state", "ended_at"])
    kind = "data_delivery_done" if is_delivered else "data_delivery_failed"
    tell(
        holder=row.holder,
        kind=kind,
        subject_id=row.pk,
        facts={"asset": legs[-1].asset, "mb": row.mb, "reason": row.instruction.reason},
        now=now,
    )
    return Posting(
        id=derived_id(row.pk, "end"),
        kind=kind,
        at=now,
        actor=ACTOR,
        legs=legs,
        metadata={"delivery": str(row.pk)},
    )


def _delivered_legs(row: DataDelivery) -> tuple[Leg, ...]:
    return move(
        asset=row.asset,
        amount=row.mb,
        source=f"delivery/{row.pk}",
        target=f"carrier/{row.instruction.carrier_id}/delivered",
    )


def _returned_legs(row: DataDelivery, *, now: datetime) -> tuple[Leg, ...]:
    source, main = f"delivery/{row.pk}", main_of(row.holder)
    goods = deliverable_in(row.asset)
    assert goods is not None
    month = month_of(now)
    if row.returns_next_month:
        # It was bought when this month's data could hardly be used any more.
        month = max(month, month_after(goods.month))
    if goods.month >= month:
        return move(asset=row.asset, amount=row.mb, source=source, target=main)
    replaced = f"carrier/{goods.carrier}/replaced"
    return (
        *move(asset=row.asset, amount=row.mb, source=source, target=replaced),
        *move(
            asset=in_month(goods, month=month),
            amount=row.mb,
            source=replaced,
            target=main,
        ),
    )
