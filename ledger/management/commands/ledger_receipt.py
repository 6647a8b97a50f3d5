"""Write a holder's receipt of one transaction."""

from argparse import ArgumentParser
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError

from ledger.receipts.queries import receipt_of
from ledger.refusals import Refusal


class Command(BaseCommand):
    help = "Write a receipt, which `ledger/receipts/verify_receipt.py` verifies anywhere."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("transaction", type=UUID)
        parser.add_argument(
            "--address",
            action="append",
            required=True,
            help="whose entries it shows: an address, or the beginning of some with a / at its end",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        own: list[str] = options["address"]

        def is_own(address: str) -> bool:
            return any(
                address == each or (each[-1:] == "/" and address.startswith(each)) for each in own
            )

        try:
            receipt = receipt_of(options["transaction"], is_own=is_own)
        except Refusal as refusal:
            raise CommandError(refusal.message, returncode=2) from refusal
        self.stdout.write(receipt.decode(), ending="")
