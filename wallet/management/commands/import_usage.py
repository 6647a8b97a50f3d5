"""Load a carrier's usage file."""

import os
import shutil
import sys
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, nullcontext
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any, BinaryIO

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

from wallet.carriers.usage.operations import Progress as Advance
from wallet.carriers.usage.operations import WrongHeader, load_usage_file
from wallet.carriers.usage.rules import HEADER

UNREADABLE = 2
SOME_BAD = 1


class Command(BaseCommand):
    help = (
        "Load a usage file (CSV, - for standard input). Bad lines are named on standard error "
        "and left out. Exits 0: all good, 1: some lines were bad, 2: the file cannot be read."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", help=f"the file, with the header {','.join(HEADER)}")

    def handle(self, *args: Any, file: str, **options: Any) -> None:
        try:
            with ExitStack() as held:
                source = held.enter_context(_opened(file))
                advance = held.enter_context(_bar(source))
                report = load_usage_file(
                    source=source,
                    name=Path(file).name,
                    now=timezone.now(),
                    complain=lambda number, why: self.stderr.write(f"line {number}: {why}"),
                    progress=advance,
                )
        except OSError as error:
            raise CommandError(f"{file}: {error.strerror}", returncode=UNREADABLE) from error
        except WrongHeader as error:
            message = f"{file}: the first line must be {','.join(HEADER)}; it is: {error}"
            raise CommandError(message, returncode=UNREADABLE) from error
        self.stdout.write(
            f"{report.lines} lines: {report.loaded} loaded, {report.unchanged} unchanged, "
            f"{report.breaks} against a final attestation, {report.bad_lines} bad"
        )
        if report.bad_lines:
            sys.exit(SOME_BAD)


@contextmanager
def _opened(file: str) -> Iterator[BinaryIO]:
    """Open a file that can be read twice: what only flows by is kept aside first."""
    with nullcontext(sys.stdin.buffer) if file == "-" else Path(file).open("rb") as source:
        if file != "-" and source.seekable():
            yield source
            return
        with TemporaryFile() as kept:
            shutil.copyfileobj(source, kept)
            kept.seek(0)
            yield kept


@contextmanager
def _bar(source: BinaryIO) -> Iterator[Advance]:
    """Show how far the file is read, where a person looks on."""
    if not sys.stderr.isatty():
        yield _show_nothing
        return
    try:
        total = os.fstat(source.fileno()).st_size or None
    except OSError:
        total = None
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        DownloadColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True)) as bar:
        task = bar.add_task("Reading", total=total)
        yield lambda size_bytes: bar.update(task, completed=size_bytes)


def _show_nothing(size_bytes: int) -> None:
    """Stand in for the bar."""
