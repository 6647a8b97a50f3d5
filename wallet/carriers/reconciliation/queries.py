"""Reads of reconciliations: which days are to be compared, what a statement says of something."""

from datetime import date, datetime, timedelta
from uuid import UUID

from django.db.models import QuerySet

from wallet.carriers.instructions.rules import day_of
from wallet.carriers.models import Carrier, Instruction, StatementDay
from wallet.carriers.queries import STATEMENT_DAYS_MAX
from wallet.carriers.reconciliation.models import StatementLine

#: A carrier may book after midnight what it was asked for before.
DAYS_THAT_DECIDE = 2


def days_to_reconcile(*, carrier: str, now: datetime) -> list[date]:
    """Return the days whose comparison may have changed: those that statements are waited for."""
    today = day_of(now)
    begin = today - timedelta(days=STATEMENT_DAYS_MAX)
    sent = Instruction.objects.filter(carrier=carrier, submitted_at__isnull=False)
    first = sent.order_by("submitted_at").values_list("submitted_at", flat=True).first()
    if first is None:
        return []
    begin = max(begin, day_of(first))
    return [begin + timedelta(days=place) for place in range((today - begin).days)]


def final_days(*, carrier: str, day: date) -> QuerySet[StatementDay]:
    """Return the final statements of a day and of the next: both together decide the day."""
    days = [day + timedelta(days=more) for more in range(DAYS_THAT_DECIDE)]
    return StatementDay.objects.filter(carrier=carrier, final=True, day__in=days)


def carriers_asked() -> list[str]:
    """Return all that ever were instructed, carriers and partners."""
    asked = Instruction.objects.order_by().values("carrier").distinct()
    return list(Carrier.parties.filter(pk__in=asked).order_by("pk").values_list("pk", flat=True))


def lines_about(instruction: UUID) -> QuerySet[StatementLine]:
    """Return the statements' lines about an instruction, as last read, in their order."""
    read = StatementDay.objects.values_list("reading", flat=True)
    lines = StatementLine.objects.filter(instruction_id=instruction, reading__in=read)
    return lines.order_by("day", "id")
