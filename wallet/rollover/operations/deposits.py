"""Hand own data over: the carrier takes it out of the package before it is ours to sell."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from ledger.refusals import Refusal
from ledger.rules import Posting, derived_id, month_of, move
from wallet.carriers.instructions.operations import instruct_carrier
from wallet.carriers.instructions.settlement import settle_decided
from wallet.carriers.models import Instruction
from wallet.carriers.queries import attested
from wallet.holders.models import Holder, Number
from wallet.holders.operations import checked_amount, lock_holder, refuse_frozen, tell
from wallet.holders.queries import line_of, made_before, number_of
from wallet.rollover.models import Deposit
from wallet.rollover.queries import depositable_mb
from wallet.rollover.rules import NATIONAL, deposited_address, surplus_asset


class PackageUnknown(Refusal):
    """The carrier attests no such package of this number for this month."""

    code = "package_unknown"
    status = 404


class PackageNotNational(Refusal):
    """Only national data can be deposited: not provincial, night, directed or topped up."""

    code = "package_not_national"


class MoreThanLeft(Refusal):
    """Less is left in the package than asked."""

    code = "more_than_left"


@transaction.atomic
def deposit_surplus(
    *, holder: Holder, number: Number, package: str, mb: int, key: UUID, now: datetime
) -> Deposit:
    """Have the carrier deduct own data (MB) of this month's package, and return the deposit.

    It lies on the number's line once the deduct is proved. Asked again with the same key, the
    first deposit comes back.

    Raises:
        BadAmount: the amount is no whole number of MB above zero.
        KeyReused: the key already names a different deposit.
        HolderFrozen: the holder may move nothing.
        UnknownId: the number is not the holder's.
        PackageUnknown: the carrier attests no such package for this month.
        PackageNotNational: the package is of a kind that cannot be deposited.
        MoreThanLeft: less is left than asked.
    """
    checked_amount(mb)
    deposit_id = derived_id(holder.pk, "deposit_surplus", key)
    asked = {"number_id": number.pk, "package": package, "mb": mb}
    rows = Deposit.objects.select_related("number", "instruction")
    if before := made_before(rows, row_id=deposit_id, asked=asked):
        return before
    held = lock_holder(holder)
    if before := made_before(rows, row_id=deposit_id, asked=asked):
        return before
    refuse_frozen(held)
    own = number_of(holder=held, number_id=number.pk)
    _refuse_beyond_package(number=own, package=package, mb=mb, now=now)
    instruction = instruct_carrier(
        instruction_id=deposit_id,
        carrier=own.carrier_id,
        kind=Instruction.Kind.DEDUCT,
        msisdn=own.msisdn,
        package=package,
        mb=mb,
        month=month_of(now),
        now=now,
    )
    return Deposit.objects.create(
        id=deposit_id,
        holder=held,
        number=own,
        instruction=instruction,
        package=package,
        month=month_of(now),
        mb=mb,
        asked_at=now,
    )


def _refuse_beyond_package(*, number: Number, package: str, mb: int, now: datetime) -> None:
    usage = (
        attested(msisdn=number.msisdn, carrier=number.carrier_id, month=month_of(now))
        .filter(package=package)
        .first()
    )
    if usage is None:
        raise PackageUnknown("Your carrier attests no such package for this month.")
    if usage.kind != NATIONAL:
        raise PackageNotNational("Only national data can be deposited.", kind=usage.kind)
    left_mb = depositable_mb(number=number, usage=usage)
    if mb > left_mb:
        raise MoreThanLeft(f"{mb} MB asked, {left_mb} MB left.", left_mb=left_mb)


def settle_deposits(*, now: datetime, limit: int = 500) -> list[UUID]:
    """Put proved deducts on their lines, end what the carrier refused; return which."""

    def outcomes(decided: Sequence[Instruction]) -> list[Posting]:
        rows = (
            Deposit.objects.select_for_update(of=("self",), no_key=True)
            .filter(instruction__in=decided, state=Deposit.State.ASKED)
            .select_related("number", "instruction", "holder")
            .order_by("id")
        )
        return [posting for row in rows for posting in _end_deposit(row, now=now)]

    return settle_decided(about="deposit", outcomes=outcomes, now=now, limit=limit)


def _end_deposit(row: Deposit, *, now: datetime) -> list[Posting]:
    instruction = row.instruction
    is_done = instruction.state == Instruction.State.DELIVERED
    row.state = Deposit.State.DONE if is_done else Deposit.State.FAILED
    row.ended_at = now
    row.save(update_fields=["state", "ended_at"])
    tell(
        holder=row.holder,
        kind="deposit_done" if is_done else "deposit_failed",
        subject_id=row.pk,
        facts={"mb": row.mb, "package": row.package, "reason": instruction.reason},
        now=now,
    )
    if not is_done:
        return []
    carrier = instruction.carrier_id
    legs = move(
        asset=surplus_asset(carrier=carrier, month=row.month),
        amount=row.mb,
        source=deposited_address(carrier=carrier),
        target=line_of(number=row.number, package=row.package),
    )
    return [
        Posting(
            id=row.pk,
            kind="deposit",
            at=now,
            actor=f"carrier/{carrier}",
            legs=legs,
            metadata={"number": str(row.number_id), "package": row.package},
        )
    ]
