"""Compare carriers' statements with the wallet and the ledger."""

import sys
from argparse import ArgumentParser
from datetime import date, datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from wallet.carriers.adaptors.choice import adaptor_for
from wallet.carriers.models import Break, Carrier
from wallet.carriers.operations import read_statements
from wallet.carriers.reconciliation.models import Reconciliation
from wallet.carriers.reconciliation.operations import reconcile_days
from wallet.carriers.reconciliation.queries import carriers_asked, days_to_reconcile

DIFFERENT = 1
UNUSABLE = 2


class Command(BaseCommand):
    help = (
        "Compare each carrier's statements, what we hold to be done, and the ledger, day by day. "
        "Exits 0: nothing differs, 1: something does, or waits for an admin, 2: no such carrier."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--carrier", help="only this one, such as CT")
        parser.add_argument("--day", type=_day, help="only this day, such as 2026-11-20")
        parser.add_argument(
            "--read", action="store_true", help="read the statements that are due first"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        now = timezone.now()
        differing = 0
        for code in self._carriers(options["carrier"]):
            if options["read"]:
                self._read(code, now=now)
            asked = options["day"]
            days = [asked] if asked else days_to_reconcile(carrier=code, now=now)
            for row in reconcile_days(carrier=code, days=days, now=now):
                differing += row.state == Reconciliation.State.DIFFERS
                self.stdout.write(_line(row))
            waiting = Break.objects.filter(carrier=code, resolved_at__isnull=True).count()
            if waiting:
                differing += 1
                self.stderr.write(f"{code}: {waiting:,} breaks wait for an admin.")
        if differing:
            sys.exit(DIFFERENT)

    def _carriers(self, code: str | None) -> list[str]:
        if code is None:
            return carriers_asked()
        if not Carrier.parties.filter(pk=code).exists():
            raise CommandError(f"There is no carrier {code}.", returncode=UNUSABLE)
        return [code]

    def _read(self, code: str, *, now: datetime) -> None:
        adaptor = adaptor_for(carrier=Carrier.parties.get(pk=code))
        if adaptor is None:
            self.stderr.write(f"{code}: no server is set, so no statement is read.")
            return
        read = read_statements(adaptor=adaptor, now=now)
        self.stderr.write(f"{code}: {len(read)} statements read.")


def _line(row: Reconciliation) -> str:
    return (
        f"{row.carrier_id:4} {row.day} {row.state:7}"
        f"  statement {row.lines:,} ({row.lines_mb:,} MB)  ours {row.ours:,} ({row.ours_mb:,} MB)"
        f"  settled {row.settled:,} ({row.settled_mb:,} MB)"
        f"  ledger {row.booked:,} ({row.booked_mb:,} MB)"
        f"  undecided {row.undecided:,}  breaks {row.breaks:,}"
    )


def _day(text: str) -> date:
    return date.fromisoformat(text)
