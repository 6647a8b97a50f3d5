"""Run an order log through the matcher alone: no database, no broker."""

import gc
import os
import sys
from argparse import ArgumentParser, ArgumentTypeError
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from io import TextIOWrapper
from typing import Any, ClassVar

from django.core.management.base import BaseCommand, CommandError

from exchange.matching.rules import SELF_TRADE_MODES, Matcher
from exchange.matching.rules.order_log import MalformedLineError, Source, whole_number
from exchange.matching.rules.replay import Sink, print_book, replay


class Command(BaseCommand):
    """Recompute a trading day from its order log."""

    help = "Run an order log (CSV) through the matcher and print its reports (CSV)."
    requires_system_checks: ClassVar[list[str]] = []  # type: ignore[misc]

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("log", metavar="FILE", help="the order log; - is standard input")
        parser.add_argument(
            "--out", metavar="FILE", default="-", help="where the reports go; - is standard output"
        )
        parser.add_argument(
            "--reference", metavar="PRICE", type=_ticks, help="breaks an uncross's last tie"
        )
        parser.add_argument(
            "--stp", choices=SELF_TRADE_MODES, default="none", help="what ends a self-trade"
        )
        parser.add_argument("--book", action="store_true", help="end with the book's levels")

    def handle(self, *, log: str, out: str, book: bool, **options: Any) -> None:
        matcher = Matcher(stp=options["stp"], reference=options["reference"])
        try:
            with ExitStack() as files, _without_cycle_search():
                source = _opened_log(log, files)
                sink = self._opened_out(out, files)
                replay(source=source, sink=sink, matcher=matcher)
                if book:
                    print_book(sink=sink, matcher=matcher)
        except BrokenPipeError:
            _leave_quietly()
        except (MalformedLineError, OSError) as error:
            raise CommandError(str(error), returncode=2) from error

    def _opened_out(self, out: str, files: ExitStack) -> Sink:
        """Open where the reports go: UTF-8, lines ending with a line feed, on any machine."""
        if out != "-":
            return files.enter_context(open(out, "w", encoding="utf-8", newline="\n"))
        if isinstance(sys.stdout, TextIOWrapper):
            sys.stdout.reconfigure(encoding="utf-8", newline="\n")
        self.stdout.ending = ""  # what we write has its line ends
        return self.stdout


def _ticks(text: str) -> int:
    try:
        price = whole_number(text)
    except ValueError as error:
        raise ArgumentTypeError(str(error)) from error
    if price <= 0:
        raise ArgumentTypeError(f"{price} is not a price")
    return price


def _opened_log(log: str, files: ExitStack) -> Source:
    if log == "-":
        return open(sys.stdin.fileno(), "rb", closefd=False)
    return files.enter_context(open(log, "rb"))


@contextmanager
def _without_cycle_search() -> Iterator[None]:
    """Spare a run the search for reference cycles: the matcher leaves none behind.

    The search would walk every live order again and again, a tenth of the time.
    """
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def _leave_quietly() -> None:
    """End as other filters do when the reader of our output went away, `| head` say."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    sys.exit(1)
