"""Write a month's books for an accounting program of somebody else's."""

from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from ledger.exports.queries import FORMATS, month_as_text
from ledger.refusals import MonthNotOpen
from ledger.rules import month_named


class Command(BaseCommand):
    help = "Write a month (2026-11) for Beancount, hledger or as CSV, with its balances asserted."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("month", help="the month to write, such as 2026-11")
        parser.add_argument("--format", choices=sorted(FORMATS), required=True)
        parser.add_argument("--out", metavar="FILE", required=True, help="- is standard output")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            month = month_named(options["month"])
        except ValueError:
            raise CommandError(
                f"{options['month']} is no month; one reads 2026-11.", returncode=2
            ) from None
        text = month_as_text(month=month, form=FORMATS[options["format"]])
        try:
            with closing(text):
                self._write(text, options["out"])
        except MonthNotOpen as refusal:
            raise CommandError(refusal.message, returncode=2) from refusal
        except OSError as error:
            raise CommandError(f"{options['out']}: {error.strerror}", returncode=2) from error

    def _write(self, text: Iterator[str], out: str) -> None:
        if out == "-":
            for piece in text:
                self.stdout.write(piece, ending="")
            return
        # A file cut short would look like a smaller month: it gets its name when it is whole.
        unfinished = Path(f"{out}.unfinished")
        try:
            with unfinished.open("w", encoding="utf-8", newline="") as file:
                file.writelines(text)
            unfinished.rename(out)
        finally:
            unfinished.unlink(missing_ok=True)
