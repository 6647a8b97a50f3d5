"""End the service: announce it, rehearse it, begin it, and carry it out until nothing is left."""

import sys
import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from ledger.refusals import Refusal
from wallet.clearing.rules import in_yuan
from wallet.refunds.queries import refund_lists
from wallet.winddown.operations import (
    Advance,
    advance_wind_down,
    announce_wind_down,
    begin_wind_down,
    call_off_wind_down,
    rehearse_wind_down,
)
from wallet.winddown.queries import live_wind_down, wind_down_progress

OPERATOR = "task/wind_down"
POLL_SECONDS = 5
LOOK_SECONDS = 2


class Command(BaseCommand):
    help = (
        "End the service for good: books close, escrows end, coins are delivered as data, the rest"
        " is listed as money owed. Killed anywhere, run it again: it goes on where it was."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        what = parser.add_mutually_exclusive_group()
        what.add_argument(
            "--dry-run", action="store_true", help="print what would be posted; change nothing"
        )
        what.add_argument(
            "--announce", metavar="REASON", help="announce it; it may begin after the notice"
        )
        what.add_argument("--call-off", action="store_true", help="call off what has not begun")
        parser.add_argument(
            "--no-wait",
            action="store_true",
            help="stop where carriers are waited for; the sweep, or running it again, goes on",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            if options["dry_run"]:
                self._rehearse()
            elif options["announce"] is not None:
                self._announce(options["announce"])
            elif options["call_off"]:
                call_off_wind_down(by=OPERATOR, now=timezone.now())
                self.stdout.write("Called off.")
            else:
                self._carry_out(is_patient=not options["no_wait"])
        except Refusal as refusal:
            raise CommandError(refusal.message, returncode=2) from refusal

    def _announce(self, reason: str) -> None:
        found = announce_wind_down(reason=reason, by=OPERATOR, now=timezone.now())
        self._advance_all(is_patient=False)
        self.stdout.write(f"Announced; it may begin at {found.may_begin_at.isoformat()}.")

    def _rehearse(self) -> None:
        self.stdout.write("Would post, if carriers deliver what they are sent:")
        for moved in rehearse_wind_down(now=timezone.now()):
            amounts = f"{moved.amount:,} {moved.asset} in {moved.transactions:,} transactions"
            self.stdout.write(f"  {moved.kind}: {amounts}")

    def _carry_out(self, *, is_patient: bool) -> None:
        begin_wind_down(by=OPERATOR, now=timezone.now())
        last = self._advance_all(is_patient=is_patient)
        if not last.has_ended:
            self.stdout.write(f"Waiting: {last.step}, {last.left:,} left. Run it again.")
            return
        self.stdout.write("The service has ended; no coin is outstanding.")
        for one in refund_lists():
            self.stdout.write(
                f"  {one.issuer} owes {in_yuan(one.fen)} yuan for {one.coins:,} coins,"
                f" {one.lines:,} lines"
            )

    def _advance_all(self, *, is_patient: bool) -> Advance:
        """Go on until it has ended, or nothing can be done now."""
        columns = (
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeRemainingColumn(),
        )
        console = Console(file=sys.stderr)
        with Progress(*columns, console=console, disable=not console.is_terminal) as bar:
            task, looked = bar.add_task(""), 0.0
            while True:
                advance = advance_wind_down(now=timezone.now())
                if console.is_terminal and time.monotonic() - looked > LOOK_SECONDS:
                    self._show(bar, task=task, step=advance.step)
                    looked = time.monotonic()
                if advance.done:
                    continue
                if advance.has_ended or not is_patient:
                    return advance
                time.sleep(POLL_SECONDS)

    def _show(self, bar: Progress, *, task: Any, step: str) -> None:
        wind_down = live_wind_down()
        if wind_down is None:
            return
        progress = wind_down_progress(wind_down=wind_down, now=timezone.now())
        bar.update(
            task,
            description=step,
            total=sum(one.found for one in progress),
            completed=sum(one.done for one in progress),
        )
