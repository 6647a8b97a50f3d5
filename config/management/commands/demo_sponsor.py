"""Run the demo's sponsor for a sponsor of this wallet."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from config.command_line import tcp_port
from config.demo.sponsor import Wallet, serve
from wallet.holders.rules import opaque_id, uuid_in
from wallet.sponsors.models import Sponsor
from wallet.sponsors.queries import secret_of, sponsor_with


class Command(BaseCommand):
    help = "Serve the page where a sponsor's task is done; its postbacks go to the wallet."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--port", type=tcp_port, default=0, help="0 takes a free one")
        parser.add_argument("--wallet", default=settings.PUBLIC_URL, help="the wallet's address")
        parser.add_argument("--sponsor", default="", help="hld_…; the first one if left out")

    def handle(self, *args: Any, **options: Any) -> None:
        asked = options["sponsor"]
        sponsor = sponsor_with(uuid_in("hld", asked)) if asked else Sponsor.objects.first()
        if sponsor is None:
            raise CommandError("There is no sponsor yet.", returncode=2)
        wallet = Wallet(
            address=options["wallet"].rstrip("/"),
            sponsor=opaque_id("hld", sponsor.pk),
            secret=secret_of(sponsor),
        )
        serve(wallet=wallet, port=options["port"])
