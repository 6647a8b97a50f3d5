"""`manage.py catalog_simulator`: a partner of the catalog that is a program."""

from argparse import Namespace
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from wallet.carriers.simulator.running import CannotStart
from wallet.catalog.simulator.options import add_options, options_in
from wallet.catalog.simulator.running import run


class Command(BaseCommand):
    """Serve TMF620 and TMF622 for one partner, with a carrier's faults, until Ctrl-C."""

    help = "Run a simulated partner of the catalog: an HTTP server, its state on disk."
    requires_system_checks: list[str] = []  # noqa: RUF012  as Django declares it

    def add_arguments(self, parser: CommandParser) -> None:
        """Describe the options."""
        add_options(parser)

    def handle(self, *args: Any, **parsed: Any) -> None:
        """Run it.

        Raises:
            CommandError: a file or the port cannot be used.
        """
        try:
            run(options=options_in(parsed=Namespace(**parsed)))
        except CannotStart as error:
            raise CommandError(str(error), returncode=2) from error
