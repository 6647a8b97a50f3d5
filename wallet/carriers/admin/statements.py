"""Statements as they were read, and each day compared three ways."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from ledger.audit.admin.checks import verdict
from wallet.carriers.admin.bases import ReadOnly
from wallet.carriers.models import StatementDay
from wallet.carriers.reconciliation.models import Reconciliation


@admin.register(StatementDay)
class StatementDayAdmin(ReadOnly):
    """Statements as they were last read."""

    list_display = ("carrier", "day", "final", "lines", "read_at")
    list_filter = ("carrier", "final")


@admin.register(Reconciliation)
class ReconciliationAdmin(ReadOnly):
    """Each day of each carrier three ways: its statement, what we hold, what the ledger booked."""

    list_display = (
        "day",
        "carrier",
        "result",
        "by_statement",
        "by_us",
        "settled_by_us",
        "by_ledger",
        "undecided",
        "breaks",
        "compared_at",
    )
    list_filter = ("carrier", "state")
    ordering = ("-day", "-carrier")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Reconciliation]:
        rows: QuerySet[Reconciliation] = super().get_queryset(request)
        return rows.select_related("carrier")

    @admin.display(description=_("结果"))
    def result(self, row: Reconciliation) -> SafeString | str:
        """Say whether the three agree; a day waits until its and the next statement are final."""
        if row.state == Reconciliation.State.WAITING:
            return str(_("等最终对账单"))
        agrees = row.state == Reconciliation.State.AGREES
        return verdict(is_good=agrees, good=_("三方一致"), bad=_("有差异"))

    @admin.display(description=_("对账单"))
    def by_statement(self, row: Reconciliation) -> str:
        """Return the lines of its statement, and their MB."""
        return _told(row.lines, row.lines_mb)

    @admin.display(description=_("我们认定办成"))
    def by_us(self, row: Reconciliation) -> str:
        """Return what we hold to be done of what it lists, or should list."""
        return _told(row.ours, row.ours_mb)

    @admin.display(description=_("当天结清"))
    def settled_by_us(self, row: Reconciliation) -> str:
        """Return what we settled as done on that day."""
        return _told(row.settled, row.settled_mb)

    @admin.display(description=_("当天入账"))
    def by_ledger(self, row: Reconciliation) -> str:
        """Return what the ledger booked on that day."""
        return _told(row.booked, row.booked_mb)


def _told(things: int, mb: int) -> str:
    return f"{things:,} · {mb:,} MB"
