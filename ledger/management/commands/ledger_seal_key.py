"""Let another key sign the heads of the ledger's tree."""

import os
from argparse import ArgumentParser
from string import hexdigits
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connections
from django.utils import timezone

from ledger.refusals import Refusal
from ledger.seals.operations import OWNER, change_seal_key

NEW, OLD = "SEAL_KEY_NEW", "SEAL_KEY_OLD"
DIGITS = 64


class Command(BaseCommand):
    help = (
        f"Let the private key in {NEW} sign heads from now on, as the owner; {OLD}, the key until"
        " now, signs that it follows. Then start every process anew with SEAL_KEY set to it."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--old-is-lost",
            action="store_true",
            help="go on without the old key: who trusts only that one must be told otherwise",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if OWNER not in connections:
            raise CommandError("Set DATABASE_OWNER_URL: only the owner may do so.", returncode=2)
        previous = None if options["old_is_lost"] else self._key(OLD)
        try:
            kept = change_seal_key(key=self._key(NEW), previous=previous, now=timezone.now())
        except Refusal as refusal:
            raise CommandError(refusal.message, returncode=2) from refusal
        self.stdout.write(f"{kept} signs from size {kept.from_size} on: publish it, and restart.")

    def _key(self, name: str) -> bytes:
        """Return a private key from the environment, where no list of processes shows it."""
        text = os.environ.get(name, "")
        if len(text) != DIGITS or set(text.lower()) - set(hexdigits):
            raise CommandError(f"Set {name} to 64 hexadecimal digits.", returncode=2)
        return bytes.fromhex(text)
