"""Take deposited data back into the package it came from."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from ledger.operations import post
from ledger.rules import Posting, derived_id, month_of, move
from wallet.carriers.instructions.operations import instruct_carrier
from wallet.carriers.instructions.settlement import settle_decided
from wallet.carriers.models import Instruction
from wallet.holders.models import Holder, Number
from wallet.holders.operations import (
    checked_amount,
    lock_holder,
    refuse_frozen,
    refuse_short,
    tell,
)
from wallet.holders.queries import line_of, made_before, number_of
from wallet.rollover.models import TakeBack
from wallet.rollover.rules import delivery_address, deposited_address, surplus_asset


@transaction.atomic
def take_back(
    *, holder: Holder, number: Number, package: str, mb: int, key: UUID, now: datetime
) -> TakeBack:
    """Set deposited data (MB) of this month aside and have the carrier restore it.

    Asked again with the same key, the first take-back comes back.

    Raises:
        BadAmount: the amount is no whole number of MB above zero.
        KeyReused: the key already names a different take-back.
        HolderFrozen: the holder may move nothing.
        UnknownId: the number is not the holder's.
        NotEnoughData: less lies on the number's line than asked.
    """
    checked_amount(mb)
    row_id = derived_id(holder.pk, "take_back", key)
    asked = {"number_id": number.pk, "package": package, "mb": mb}
    rows = TakeBack.objects.select_related("number", "instruction")
    if before := made_before(rows, row_id=row_id, asked=asked):
        return before
    held = lock_holder(holder)
    if before := made_before(rows, row_id=row_id, asked=asked):
        return before
    refuse_frozen(held)
    own = number_of(holder=held, number_id=number.pk)
    return _set_aside(own, holder=held, row_id=row_id, package=package, mb=mb, now=now)


def _set_aside(
    number: Number, *, holder: Holder, row_id: UUID, package: str, mb: int, now: datetime
) -> TakeBack:
    """Move data off the line and instruct the carrier; the holder is locked."""
    month = month_of(now)
    line = line_of(number=number, package=package)
    asset = surplus_asset(carrier=number.carrier_id, month=month)
    refuse_short(address=line, asset=asset, amount=mb)
    instruction = instruct_carrier(
        instruction_id=row_id,
        carrier=number.carrier_id,
        kind=Instruction.Kind.RESTORE,
        msisdn=number.msisdn,
        package=package,
        mb=mb,
        month=month,
        now=now,
    )
    row = TakeBack.objects.create(
        id=row_id,
        holder=holder,
        number=number,
        instruction=instruction,
        package=package,
        month=month,
        mb=mb,
        asked_at=now,
    )
    post(
        Posting(
            id=row_id,
            kind="take_back",
            at=now,
            actor=f"holder/{holder.pk}",
            legs=move(asset=asset, amount=mb, source=line, target=delivery_address(row_id=row_id)),
            metadata={"number": str(number.pk), "package": package},
        )
    )
    return row


def settle_take_backs(*, now: datetime, limit: int = 500) -> list[UUID]:
    """Hand restored data to the carrier, put what it refused back on its line; return which."""

    def outcomes(decided: Sequence[Instruction]) -> list[Posting]:
        rows = (
            TakeBack.objects.select_for_update(of=("self",), no_key=True)
            .filter(instruction__in=decided, state=TakeBack.State.ASKED)
            .select_related("number", "instruction", "holder")
            .order_by("id")
        )
        return [_end_take_back(row, now=now) for row in rows]

    return settle_decided(about="take_back", outcomes=outcomes, now=now, limit=limit)


def _end_take_back(row: TakeBack, *, now: datetime) -> Posting:
    instruction = row.instruction
    carrier = instruction.carrier_id
    is_done = instruction.state == Instruction.State.DELIVERED
    row.state = TakeBack.State.DONE if is_done else TakeBack.State.FAILED
    row.ended_at = now
    row.save(update_fields=["state", "ended_at"])
    kind = "take_back_done" if is_done else "take_back_failed"
    tell(
        holder=row.holder,
        kind=kind,
        subject_id=row.pk,
        facts={"mb": row.mb, "package": row.package, "reason": instruction.reason},
        now=now,
    )
    line = line_of(number=row.number, package=row.package)
    return Posting(
        id=derived_id(row.pk, "done" if is_done else "failed"),
        kind=kind,
        at=now,
        actor=f"carrier/{carrier}",
        legs=move(
            asset=surplus_asset(carrier=carrier, month=row.month),
            amount=row.mb,
            source=delivery_address(row_id=row.pk),
            target=deposited_address(carrier=carrier) if is_done else line,
        ),
        metadata={"number": str(row.number_id), "package": row.package},
    )
