"""Run an order log through the matcher alone: no database, no broker."""

import gc
import sys
from argparse import ArgumentParser, ArgumentTypeError
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from io import TextIOWrapper
from typing import Any, BinaryIO, TextIO, cast

from django.core.management.base import BaseCommand, CommandError

from exchange.matching.rules import SELF_TRADE_MODES, Matcher
from exchange.matching.rules.order_log import MalformedLineError, whole_number
from exchange.matching.rules.replay import Sink, print_book, replay


class Command(BaseCommand):
    """Recompute a trading day from its order log."""

    help = "Run a log of orders (CSV) through the matcher and print its reports (CSV)."
    requires_system_checks: list[str] = []  # noqa: RUF012 - Django's own name and type

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the log, where its reports go, and the book's two settings."""
        parser.add_argument("log", metavar="FILE", help="the order log, - for standard input")
        parser.add_argument("--out", metavar="FILE", default="-", help="default: standard output")
        parser.add_argument("--reference", metavar="PRICE", type=_ticks, help="for an uncross")
        parser.add_argument("--stp", choices=SELF_TRADE_MODES, default="none", help="self-trades")
        parser.add_argument("--book", action="store_true", help="print the book at the end")

    def handle(self, *, log: str, out: str, book: bool, **options: Any) -> None:
        """Replay the log; a line that cannot be read ends the run with exit code 2."""
        matcher = Matcher(stp=options["stp"], reference=options["reference"])
        with ExitStack() as files:
            try:
                source = sys.stdin.buffer if log == "-" else files.enter_context(open(log, "rb"))
                sink = self._standard_output() if out == "-" else files.enter_context(_writer(out))
            except OSError as error:
                raise CommandError(str(error), returncode=2) from error
            try:
                with _without_cycle_search():
                    replay(source=source, sink=sink, matcher=matcher)
            except MalformedLineError as error:
                raise CommandError(str(error), returncode=2) from error
            if book:
                print_book(sink=sink, matcher=matcher)
