"""Recompute a book from its log, and compare it with what was booked."""

from argparse import ArgumentParser
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError

from exchange.matching.operations import verify_book
from exchange.orders.models import Book
from ledger.rules import month_named
from wallet.holders.rules import UnknownId, uuid_in


class Command(BaseCommand):
    """Prove that a book is what its log makes of it."""

    help = "Play a book's log again; exit 1 and name what differs in its tables or the ledger."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("book", metavar="BOOK", help="bok_…, or carrier and month: CT-2026-11")

    def handle(self, *, book: str, **options: Any) -> None:
        found = verify_book(book_id_of(book))
        self.stdout.write(
            f"{found.events} events, {found.orders} orders, {found.trades} trades and "
            f"{found.postings} postings compared."
        )
        for line in found.shown:
            self.stdout.write(line)
        if found.differences:
            raise CommandError(f"{found.differences} differences.", returncode=1)
        self.stdout.write("The book is what its log makes of it.")


def book_id_of(text: str) -> UUID:
    """Return the id of the book that somebody names.

    Raises:
        CommandError: there is none.
    """
    if text.startswith("bok_"):
        try:
            found = Book.objects.filter(pk=uuid_in("bok", text)).first()
        except UnknownId:
            found = None
    else:
        carrier, _, month = text.partition("-")
        try:
            found = Book.objects.filter(carrier=carrier, month=month_named(month)).first()
        except ValueError:
            raise CommandError(
                f"{text} names no book; one reads CT-2026-11.", returncode=2
            ) from None
    if found is None:
        raise CommandError(f"There is no book {text}.", returncode=2)
    return found.pk
