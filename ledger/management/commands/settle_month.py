"""Close a month, or show to the coin what closing it would post."""

import os
import sys
from argparse import SUPPRESS, ArgumentParser
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from ledger.management.workers import WORKERS_MAX, helpers
from ledger.months.models import Close
from ledger.months.operations import (
    begin_close,
    has_parts_left,
    help_close,
    rehearse_close,
    settle_month,
)
from ledger.months.queries import progress_of, totals_of
from ledger.months.rules import csv_of_lines
from ledger.refusals import Refusal
from ledger.rules import month_name, month_named

INTERRUPTED = 130  # what a shell expects after Ctrl-C


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
        parser.add_argument(
            "--workers",
            metavar="N",
            help=f"processes that settle together ({settings.SETTLE_WORKERS})",
        )
        # What the others are started with: the process that they help.
        parser.add_argument("--helping", metavar="PID", type=int, help=SUPPRESS)

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            month = month_named(options["month"])
        except ValueError:
            raise _wrong(f"{options['month']} is no month; one reads 2026-11.") from None
        workers = _workers(options["workers"])
        try:
            if options["helping"]:
                _help(month, leader=options["helping"])
            elif options["dry_run"]:
                if options["workers"]:
                    raise _wrong("--workers does not go with --dry-run.")
                self._rehearse(month, lines=options["lines"])
            elif options["lines"]:
                raise _wrong("--lines goes with --dry-run.")
            else:
                self._settle(month, workers=workers)
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

    def _settle(self, month: date, *, workers: int) -> None:
        now = timezone.now()
        begun = begin_close(month=month, now=now)  # what refuses to begin starts nobody
        others = workers - 1 if has_parts_left(begun) else 0
        try:
            with _bar() as bar, helpers(count=others, month=month, complain=self.stderr.write):
                report = partial(_show, bar)
                close = settle_month(month=month, now=now, jobs=workers, report=report)
        except KeyboardInterrupt:
            again = "Interrupted. Run it again: it goes on where it was."
            raise CommandError(again, returncode=INTERRUPTED) from None
        self.stdout.write(f"{month_name(month)} is closed; its digest is {self._digest(close)}")
        self._print(totals_of(close))

    def _digest(self, close: Close) -> str:
        close.refresh_from_db()
        return bytes(close.month.digest or b"").hex()

    def _print(self, totals: dict[str, dict[str, int]]) -> None:
        for stage, amounts in totals.items():
            moved = ", ".join(f"{amount:,} {asset}" for asset, amount in sorted(amounts.items()))
            self.stdout.write(f"  {stage}: {moved or 'nothing to post'}")


def _wrong(why: str) -> CommandError:
    return CommandError(why, returncode=2)


def _workers(asked: str | None) -> int:
    """Return how many processes are to settle.

    Raises:
        CommandError: it is no number, or not one of processes that may work together.
    """
    if asked is None:
        return int(settings.SETTLE_WORKERS)
    if not asked.isascii() or not asked.isdigit() or not 1 <= int(asked) <= WORKERS_MAX:
        raise _wrong(f"--workers is a number from 1 to {WORKERS_MAX}, not {asked}.")
    return int(asked)


def _bar() -> Progress:
    console = Console(file=sys.stderr)
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
    )
    bar = Progress(*columns, console=console, disable=not console.is_terminal)
    bar.add_task("")
    return bar


def _show(bar: Progress, close: Close) -> None:
    stages = progress_of(close)
    bar.update(
        bar.task_ids[0],
        description=next((one.stage for one in stages if not one.is_done), "proofs, seal"),
        total=sum(stage.parts for stage in stages),
        completed=sum(stage.parts_done for stage in stages),
    )


def _help(month: date, *, leader: int) -> None:
    """Run parts of a close that has begun, until none is left or the leader is gone."""
    close = Close.objects.filter(pk=month).first()
    if close is not None:
        help_close(close=close, now=timezone.now(), go_on=lambda: os.getppid() == leader)
