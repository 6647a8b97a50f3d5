"""Migrate as the owner, then grant the application, and groups of staff, what they may do."""

from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.core.management.commands.migrate import Command as Migrate
from django.db import connections

from config.groups import renew_groups
from config.roles import grant_to_application

OWNER = "owner"


class Command(Migrate):
    """Migrate the database through the owner's role and renew the application's grants."""

    def add_arguments(self, parser: CommandParser) -> None:
        """Take Django's own arguments, with the owner's connection as the default."""
        super().add_arguments(parser)
        parser.set_defaults(database=OWNER)

    def execute(self, *args: Any, **options: Any) -> str | None:
        """Refuse what cannot work before Django's own checks connect.

        Raises:
            CommandError: no owner's address is set, or another connection was asked for.
        """
        if OWNER not in connections:
            raise CommandError(
                "Set DATABASE_OWNER_URL: only the owner's role may migrate.", returncode=2
            )
        if options["database"] != OWNER:
            raise CommandError(f"Only --database {OWNER} may migrate.", returncode=2)
        return super().execute(*args, **options)

    def handle(self, *args: Any, **options: Any) -> None:
        """Migrate, then grant."""
        if options["plan"] or options["check_unapplied"]:
            super().handle(*args, **options)
            return
        try:
            super().handle(*args, **options)
        finally:  # a chain that broke half-way leaves tables the application must still read
            grant_to_application(using=OWNER)
        renew_groups(using=OWNER)
