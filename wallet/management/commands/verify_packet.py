"""Verify a red packet: that it was drawn, bound and opened as promised."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError

from ledger.refusals import Refusal
from wallet.holders.rules import uuid_in
from wallet.packets.queries import packet_facts, packet_with
from wallet.packets.verify_packet import Broken, verify

UNREADABLE = 2
BROKEN = 1


class Command(BaseCommand):
    help = (
        "Verify a red packet by its public JSON or its id, as wallet/packets/verify_packet.py does "
        "anywhere. Exits 0: it holds, 1: it does not, 2: there is no such packet."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("packet", help="a file, or an id: pkt_… or a UUID")
        parser.add_argument("--commitment", help="the hash as you saw it before, in hexadecimal")

    def handle(self, *args: Any, packet: str, commitment: str | None, **options: Any) -> None:
        try:
            for sentence in verify(_facts(packet), commitment=commitment):
                self.stdout.write(sentence)
        except Broken as broken:
            raise CommandError(f"It does not hold: {broken}", returncode=BROKEN) from broken
        except Refusal as refusal:
            raise CommandError(refusal.message, returncode=UNREADABLE) from refusal
        except (OSError, ValueError) as error:
            raise CommandError(f"{packet}: {error}", returncode=UNREADABLE) from error


def _facts(asked: str) -> dict[str, Any]:
    """Return a packet's facts: from the database by its id, else from a file."""
    if asked.startswith("pkt_"):
        return packet_facts(packet_with(uuid_in("pkt", asked)))
    try:
        packet_id = UUID(asked)
    except ValueError:
        found = json.loads(Path(asked).read_bytes())
        if not isinstance(found, dict):
            raise Broken("It is no packet.") from None
        return found
    return packet_facts(packet_with(packet_id))
