"""`manage.py carrier_simulator`: a carrier that is a program."""

from argparse import Namespace
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from wallet.carriers.simulator.options import add_options, options_in
from wallet.carriers.simulator.running import CannotStart, run


class Command(BaseCommand):
    """Serve TMF654 for one carrier, with a carrier's faults, until Ctrl-C."""

    help = "Run a simulated carrier: an HTTP server speaking TMF654, its state on disk."
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
