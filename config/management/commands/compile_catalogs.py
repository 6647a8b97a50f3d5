"""Compile the translations."""

from django.core.management.base import BaseCommand

from config.catalogs import compile_catalogs


class Command(BaseCommand):
    help = "Compile the translations that changed (.po to .mo), without GNU gettext."
    requires_system_checks: list[str] = []  # noqa: RUF012  Django's name for it

    def handle(self, *args: object, **options: object) -> None:
        for source in compile_catalogs():
            self.stdout.write(str(source))
