"""Compute a book's candles from its trades again."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from exchange.management.commands.exchange_verify import book_id_of
from exchange.market.operations import rebuild_candles


class Command(BaseCommand):
    """Mend what the proof of candles found."""

    help = "Forget a book's candles, and compute them from its first trade again."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("book", metavar="BOOK", help="bok_…, or carrier and month: CT-2026-11")

    def handle(self, *, book: str, **options: Any) -> None:
        tape = rebuild_candles(book_id=book_id_of(book))
        self.stdout.write(f"The candles follow {tape.trades} trades.")
