"""Say that the database was restored on another server, before anything is posted to it."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connections

OWNER = "owner"


class Command(BaseCommand):
    help = "After a restore, with the application stopped: raise the copy epoch, as the owner."

    def handle(self, *args: Any, **options: Any) -> None:
        if OWNER not in connections:
            raise CommandError("Set DATABASE_OWNER_URL: only the owner may say so.", returncode=2)
        with connections[OWNER].cursor() as cursor:
            cursor.execute("SELECT public.ledger_raise_copy_epoch_v1()")
            epoch = cursor.fetchone()[0]
        self.stdout.write(f"The copy epoch is now {epoch}; postings may begin.")
