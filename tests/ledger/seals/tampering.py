"""What only somebody who owns the tables could do to them."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connections
from django.db.backends.utils import CursorWrapper

TABLES = (
    *("entry", "transaction", "account", "balance_row"),
    *("seal_leaf", "seal_node", "seal_head", "seal_key"),
)


@contextmanager
def as_owner() -> Iterator[CursorWrapper]:
    """Run statements as the owner of the tables."""
    with connections["owner"].cursor() as cursor:
        yield cursor


@contextmanager
def unguarded() -> Iterator[None]:
    """Lift the append-only triggers."""
    with as_owner() as cursor:
        for table in TABLES:
            cursor.execute(f"ALTER TABLE public.ledger_{table} DISABLE TRIGGER USER")
        yield
        if connections["owner"].in_atomic_block:  # undone with all else
            return
        for table in TABLES:
            cursor.execute(f"ALTER TABLE public.ledger_{table} ENABLE TRIGGER USER")
