"""Reads for a carrier's console: only what is the carrier's own."""

from dataclasses import dataclass
from datetime import datetime
from re import fullmatch
from typing import Any
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from ledger.queries import coins_in
from ledger.refusals import Refusal
from wallet.carriers.instructions.rules import day_of, midnight_of
from wallet.carriers.models import Break, Carrier, Instruction
from wallet.holders.models import Member, User
from wallet.holders.rules import UnknownId
from wallet.offices.models import CarrierOffice, UsageUpload
from wallet.offices.rules import AGES, CODE

MANAGING = frozenset({Member.Role.OWNER, Member.Role.MANAGER})
# Between a proof and our own books: the staff's to mend, no carrier can answer for it.
OURS = frozenset({Break.Kind.NOT_BOOKED, Break.Kind.BOOKED_OTHERWISE})


class OfficeRole(Refusal):
    """Whoever asks may look at the carrier's console and not speak for it."""

    code = "office_role"
    status = 403


@dataclass(frozen=True, slots=True, kw_only=True)
class AgedState:
    """How many instructions are in a state: in all, and by age (under 1 h, 24 h, 48 h, older)."""

    state: str
    count: int
    by_age: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """How a carrier stands: what is undecided, what waits to be asked, whether it is left alone."""

    states: list[AgedState]
    due: int
    delivered_today: int
    failed_today: int
    rests_until: datetime | None
    misses: int
    payable_coins: int
    fees_coins: int
    breaks_open: int


def offices_of(user: User) -> QuerySet[CarrierOffice]:
    """Return the carriers a person speaks for, by code."""
    rows = CarrierOffice.objects.filter(organisation__members__user=user)
    return rows.select_related("carrier", "organisation").order_by("carrier")


def office_of(*, user: User, carrier: str) -> tuple[CarrierOffice, Member.Role]:
    """Return a carrier's office and a person's role in it.

    Raises:
        UnknownId: the person has none; whether there is such an office is not said.
    """
    is_code = fullmatch(CODE, carrier) is not None
    found = offices_of(user).filter(carrier=carrier).first() if is_code else None
    if found is None:
        raise UnknownId("You speak for no such carrier.")
    member = Member.objects.get(organisation=found.organisation_id, user=user)
    return found, Member.Role(member.role)


def managed_office(*, user: User, carrier: str) -> CarrierOffice:
    """Return a carrier's office, if the person may speak for it.

    Raises:
        UnknownId: the person has no role in it.
        OfficeRole: the role only lets one look.
    """
    office, role = office_of(user=user, carrier=carrier)
    if role not in MANAGING:
        raise OfficeRole("Your role lets you look, not speak for the carrier.")
    return office


def work_of(carrier: Carrier, *, now: datetime) -> Work:
    """Return how a carrier stands."""
    own = Instruction.objects.filter(carrier=carrier)
    decided = own.filter(decided_at__gte=midnight_of(day_of(now)))
    return Work(
        states=_states(own.exclude(state__in=Instruction.FINAL), now=now),
        due=own.exclude(state__in=Instruction.FINAL).filter(next_at__lte=now).count(),
        delivered_today=decided.filter(state=Instruction.State.DELIVERED).count(),
        failed_today=decided.filter(state=Instruction.State.FAILED).count(),
        rests_until=carrier.rests_until,
        misses=carrier.misses,
        payable_coins=coins_in(f"carrier/{carrier.pk}/payable"),
        fees_coins=coins_in(f"fees/{carrier.pk}"),
        breaks_open=open_breaks(carrier.pk).count(),
    )


def _states(rows: QuerySet[Instruction], *, now: datetime) -> list[AgedState]:
    counts = {
        f"under_{place}": Count("pk", filter=Q(created_at__gt=now - age))
        for place, age in enumerate(AGES)
    }
    found = rows.order_by("state").values("state").annotate(count=Count("pk"), **counts)
    return [
        AgedState(state=row["state"], count=row["count"], by_age=_between(dict(row)))
        for row in found
    ]


def _between(row: dict[str, Any]) -> tuple[int, ...]:
    """Return the counts by age, from those younger than each age."""
    young = [row[f"under_{place}"] for place in range(len(AGES))] + [row["count"]]
    return tuple(upto - before for before, upto in zip([0, *young], young, strict=False))


def instructions_of(carrier: str, *, state: str = "") -> QuerySet[Instruction]:
    """Return what a carrier was asked, the newest first; of one state, if one is named."""
    rows = Instruction.objects.filter(carrier=carrier).order_by("-created_at", "-id")
    return rows.filter(state=state) if state else rows


def open_breaks(carrier: str) -> QuerySet[Break]:
    """Return a carrier's unsettled differences from us, the newest first, with what it answered."""
    rows = _breaks_with(carrier).filter(resolved_at=None).prefetch_related("answers")
    return rows.order_by("-found_at", "-id")


def _breaks_with(carrier: str) -> QuerySet[Break]:
    return Break.objects.filter(carrier=carrier).exclude(kind__in=OURS)


def break_of(*, carrier: str, break_id: UUID) -> Break:
    """Return one of a carrier's differences from us.

    Raises:
        UnknownId: it has no such one.
    """
    found = _breaks_with(carrier).filter(pk=break_id).first()
    if found is None:
        raise UnknownId("You have no such difference.")
    return found


def uploads_of(carrier: str) -> QuerySet[UsageUpload]:
    """Return the usage files a carrier handed in, the newest first."""
    return UsageUpload.objects.filter(carrier=carrier).order_by("-uploaded_at", "-id")


def upload_of(*, carrier: str, upload_id: UUID) -> UsageUpload:
    """Return one of the usage files a carrier handed in.

    Raises:
        UnknownId: it handed in no such file.
    """
    found = uploads_of(carrier).filter(pk=upload_id).first()
    if found is None:
        raise UnknownId("You handed in no such file.")
    return found
