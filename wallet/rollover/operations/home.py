"""Give all deposited data back to its packages, because the service ends."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from ledger.operations import post_batch
from ledger.queries import holdings_at
from ledger.rules import Posting, derived_id, month_of, move
from wallet.carriers.models import Instruction
from wallet.holders.models import Holder, Number
from wallet.holders.queries import line_of
from wallet.rollover.models import TakeBack
from wallet.rollover.queries import to_take_home
from wallet.rollover.rules import delivery_address

ACTOR = "task/take_home"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Taken:
    """What lies on one line of one carrier."""

    number: Number
    holder: Holder
    package: str
    asset: str
    carrier: str
    mb: int

    @property
    def id(self) -> UUID:
        """Return the id of the take-back by which the end of the service empties the line."""
        return derived_id(self.number.pk, "take_home", self.package, self.asset)


def take_everything_home(*, now: datetime, limit: int = 500) -> int:
    """Have carriers restore this month's deposited data; each line is tried once; return how many.

    What a carrier refuses is back on its line, and ends there with its month.
    """
    with transaction.atomic():
        taken = _planned(now=now, limit=limit)
        _write(taken, now=now)
        post_batch([_posting(one, now=now) for one in taken])
    return len(taken)


def _planned(*, now: datetime, limit: int) -> list[_Taken]:
    found = to_take_home(now=now, limit=limit)
    numbers = Number.objects.in_bulk([number for number, _, _ in found])
    owners = [number.holder_id for number in numbers.values() if number.holder_id]
    rows = Holder.objects.select_for_update(no_key=True).filter(pk__in=owners).order_by("pk")
    holders = {holder.pk: holder for holder in rows}
    amounts = {
        (holding.address, holding.asset): holding.amount
        for holding in holdings_at(
            line_of(number=numbers[number], package=package) for number, package, _ in found
        )
    }
    return [
        _Taken(
            number=numbers[number],
            holder=holders[owner],
            package=package,
            asset=asset,
            carrier=asset.split("-")[1],
            mb=mb,
        )
        for number, package, asset in found
        if (owner := numbers[number].holder_id)
        and (mb := amounts.get((line_of(number=numbers[number], package=package), asset), 0))
    ]


def _write(taken: Sequence[_Taken], *, now: datetime) -> None:
    month = month_of(now)
    Instruction.objects.bulk_create(
        Instruction(
            id=one.id,
            carrier_id=one.carrier,
            kind=Instruction.Kind.RESTORE,
            msisdn=one.number.msisdn,
            package=one.package,
            mb=one.mb,
            month=month,
            next_at=now,
            created_at=now,
        )
        for one in taken
    )
    TakeBack.objects.bulk_create(
        TakeBack(
            id=one.id,
            holder=one.holder,
            number=one.number,
            instruction_id=one.id,
            package=one.package,
            month=month,
            mb=one.mb,
            asked_at=now,
        )
        for one in taken
    )


def _posting(one: _Taken, *, now: datetime) -> Posting:
    source = line_of(number=one.number, package=one.package)
    return Posting(
        id=one.id,
        kind="take_back",
        at=now,
        actor=ACTOR,
        legs=move(
            asset=one.asset,
            amount=one.mb,
            source=source,
            target=delivery_address(row_id=one.id),
        ),
        metadata={"number": str(one.number.pk), "package": one.package},
    )
