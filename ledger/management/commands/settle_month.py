"""Close a month, or show to the coin what closing it would post."""

import sys
from argparse import ArgumentParser
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from ledger.months.models import Close
from ledger.months.operations import rehearse_close, settle_month
from ledger.months.queries import progress_of, totals_of
from ledger.months.rules import csv_of_lines
from ledger.refusals import Refusal
from ledger.rules import month_name, month_named


class Command(BaseCommand):
    help = "Settle a month (2026-11). Killed anywhere, run it again: it goes on where it was."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("month", help="the month to settle, such as 2026-11")
        parser.add_argument(
            "--dry-run", action="store_true", help="print what would be posted; change nothing"
        )

        parser.add_argument(
            "--lines", metavar="FILE", help="with --dry-run: write each account's change, as CSV"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            month = month_named(options["month"])
        except ValueError:
            raise CommandError(
                f"{options['month']} is no month; one reads 2026-11.", returncode=2
            ) from None
        try:
            if options["dry_run"]:
                self._rehearse(month, lines=options["lines"])
            elif options["lines"]:
                raise CommandError("--lines goes with --dry-run.", returncode=2)
            else:
                self._settle(month)
        except Refusal as refusal:
            raise CommandError(refusal.message, returncode=2) from refusal

    def _rehearse(self, month: date, *, lines: str | None) -> None:
        if lines is None:
            totals = rehearse_close(month=month, now=timezone.now())
        else:
            try:
                with Path(lines).open("w", encoding="utf-8", newline="") as file:
                    take = csv_of_lines(file)
                    totals = rehearse_close(month=month, now=timezone.now(), take=take)
            except OSError as error:
                raise CommandError(f"{lines}: {error.strerror}", returncode=2) from error
        self.stdout.write(f"{month_name(month)}: would post")
        self._print(totals)

    def _settle(self, month: date) -> None:
        console = Console(file=sys.stderr)
        columns = (
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeRemainingColumn(),
        )
        with Progress(*columns, console=console, disable=not console.is_terminal) as bar:
            task = bar.add_task("")

            def report(close: Close) -> None:
                stages = progress_of(close)
                now_at = next(
                    (stage.stage for stage in stages if not stage.is_done), "proofs, seal"
                )
                bar.update(
                    task,
                    description=now_at,
                    total=sum(stage.parts for stage in stages),
                    completed=sum(stage.parts_done for stage in stages),
                )

            close = settle_month(month=month, now=timezone.now(), report=report)
        self.stdout.write(f"{month_name(month)} is closed; its digest is {self._digest(close)}")
        self._print(totals_of(close))

    def _digest(self, close: Close) -> str:
        close.refresh_from_db()
        return bytes(close.month.digest or b"").hex()

    def _print(self, totals: dict[str, dict[str, int]]) -> None:
        for stage, amounts in totals.items():
            moved = ", ".join(f"{amount:,} {asset}" for asset, amount in sorted(amounts.items()))
            self.stdout.write(f"  {stage}: {moved or 'nothing to post'}")
