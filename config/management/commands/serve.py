"""Serve the site on this machine: migrate, then web, workers and beat until stopped."""

from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser

from config.command_line import tcp_port
from config.embedded.home import home_of
from config.processes import ChildEnded, supervised


class Command(BaseCommand):
    """Migrate and serve until a signal comes."""

    help = "Serve the site on 127.0.0.1 with its workers, until stopped."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the port."""
        parser.add_argument("--port", type=tcp_port, default=8000, help="TCP port of 127.0.0.1")

    def handle(self, *args: Any, port: int, **options: Any) -> None:
        """Serve.

        Raises:
            CommandError: a process ended by itself.
        """
        call_command("migrate", verbosity=0, interactive=False)
        home = home_of(checkout=settings.BASE_DIR)
        try:
            with supervised(checkout=settings.BASE_DIR, port=port, folder=home) as site:
                self.stdout.write(f"Serving http://127.0.0.1:{port} (Ctrl-C stops).")
                self.stdout.flush()
                site.watch()
        except ChildEnded as ended:
            raise CommandError(str(ended)) from ended
