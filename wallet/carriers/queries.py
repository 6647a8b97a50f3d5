"""Reads about carriers: what is attested, what is due, what statements prove."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from time import monotonic

from django.db.models import Count, Exists, Min, OuterRef, Q, QuerySet

from wallet.carriers.instructions.rules import NOT_ITS_NUMBER, day_of, decided_by, given_up_at
from wallet.carriers.models import Carrier, Instruction, StatementDay, Usage
from wallet.carriers.rules import original_carrier

#: A day's statement is waited for so long; what stays open after that is an admin's already.
STATEMENT_DAYS_MAX = 10

#: A name changed by another process is said within so long.
NAMES_SECONDS = 60


def attested(*, msisdn: str, carrier: str, month: date) -> QuerySet[Usage]:
    """Return what a carrier attests of a number's packages in a month, by package."""
    return Usage.objects.filter(msisdn=msisdn, carrier_id=carrier, month=month).order_by("package")


def decided_at_latest(instruction: Instruction) -> datetime | None:
    """Return by when an open instruction is decided; None when it is.

    What was sent is decided by statements; what was not is given up, for nobody can have done it.
    """
    if instruction.state in Instruction.FINAL:
        return None
    if instruction.submitted_at is None:
        return given_up_at(created_at=instruction.created_at)
    return decided_by(submitted_at=instruction.submitted_at)


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """Which carrier a number is with, as a carrier last said by what it did, and when it did."""

    carrier: str
    said_at: datetime


def last_word_on(msisdn: str) -> Word | None:
    """Return what carriers last said of a number: by delivering to it, or by naming its carrier.

    None where none did, or where the last one only said that the number is not its own.
    """
    told = Q(state=Instruction.State.DELIVERED) | Q(reason__in=NOT_ITS_NUMBER)
    rows = Instruction.objects.filter(
        told, msisdn=msisdn, decided_at__isnull=False, carrier__is_partner=False
    )
    last = rows.order_by("-decided_at").first()
    if last is None or last.decided_at is None:
        return None
    is_its_own = last.state == Instruction.State.DELIVERED
    code = last.carrier_id if is_its_own else last.present_carrier
    return Word(carrier=code, said_at=last.decided_at) if code else None


def carrier_by_prefix(msisdn: str) -> str:
    """Return the carrier a number was first issued by, or nothing.

    A carrier's row may claim beginnings of its own; the longest that fits counts, and comes
    before the numbering plan.
    """
    claimed = [
        (prefix, code)
        for code, prefixes in Carrier.objects.exclude(prefixes="").values_list("pk", "prefixes")
        for prefix in prefixes.split()
        if msisdn.startswith(prefix)
    ]
    if claimed:
        return max(claimed, key=lambda claim: len(claim[0]))[1]
    return original_carrier(msisdn=msisdn) or ""


def calls_under_way(*, carrier: str, now: datetime) -> int:
    """Return how many calls to a carrier have begun and may still be answered."""
    return Instruction.objects.filter(carrier=carrier, lease_until__gte=now).count()


def open_instructions(*, carrier: str) -> tuple[int, int]:
    """Return how many instructions wait to be sent to a carrier, and how many for its answer."""
    found = Instruction.objects.filter(carrier=carrier).exclude(state__in=Instruction.FINAL)
    counted = found.aggregate(
        unsent=Count("pk", filter=Q(state=Instruction.State.CREATED)),
        unanswered=Count("pk", filter=~Q(state=Instruction.State.CREATED)),
    )
    return counted["unsent"], counted["unanswered"]


def carriers_with_work(*, now: datetime) -> list[str]:
    """Return the carriers of which something is due to be asked, and which are not resting."""
    due = Instruction.objects.filter(
        Q(lease_until__isnull=True) | Q(lease_until__lt=now),
        ~Q(state__in=Instruction.FINAL),
        carrier=OuterRef("pk"),
        next_at__lte=now,
    )
    awake = Q(rests_until__isnull=True) | Q(rests_until__lte=now)
    rows = Carrier.parties.filter(awake, Exists(due)).exclude(base_url="").order_by("pk")
    return list(rows.values_list("pk", flat=True))


def statement_days_due(*, carrier: str, now: datetime) -> list[date]:
    """Return the days whose statement is to be read: not final yet, the earliest first.

    Today's only while something sent is undecided: its lines may decide it sooner.
    """
    sent = Instruction.objects.filter(carrier=carrier, submitted_at__isnull=False)
    first = sent.aggregate(first=Min("submitted_at"))["first"]
    if first is None:
        return []
    today = day_of(now)
    begin = max(day_of(first), today - timedelta(days=STATEMENT_DAYS_MAX))
    days = [begin + timedelta(days=place) for place in range((today - begin).days + 1)]
    final = _final_days(carrier=carrier, days=days)
    if not sent.filter(state__in=Instruction.UNDECIDED).exists():
        days = days[:-1]
    return [day for day in days if day not in final]


def stage_of(instruction: Instruction, *, now: datetime) -> str:
    """Return how an open instruction's carrier stands to it, as pages tell it.

    `overdue` past the time it should have been decided by, `unreachable` or `waiting` before
    anything was sent, `unknown` where no clear answer came, else `sent`.
    """
    by = decided_at_latest(instruction)
    if by is not None and by < now:
        return "overdue"
    if instruction.state == Instruction.State.CREATED:
        return "unreachable" if instruction.attempts else "waiting"
    return "unknown" if instruction.state == Instruction.State.UNKNOWN else "sent"


def _final_days(*, carrier: str, days: Iterable[date]) -> set[date]:
    rows = StatementDay.objects.filter(carrier=carrier, final=True, day__in=list(days))
    return set(rows.values_list("day", flat=True))


def names_of(code: str) -> tuple[str, str] | None:
    """Return a carrier's Chinese and English names, or nothing; read about once a minute."""
    names = _names(int(monotonic() // NAMES_SECONDS))
    if code not in names:
        forget_names()
        names = _names(int(monotonic() // NAMES_SECONDS))
    return names.get(code)


def forget_names() -> None:
    """Have the names read anew in this process: one of them was changed."""
    _names.cache_clear()


@lru_cache(maxsize=1)
def _names(minute: int) -> dict[str, tuple[str, str]]:
    """Return every carrier's two names, kept for a minute: each page says many of them."""
    rows = Carrier.parties.values_list("code", "name_zh", "name_en")
    return {code: (chinese, english) for code, chinese, english in rows}
