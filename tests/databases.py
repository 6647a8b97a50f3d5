"""Databases of a test's own: made from the migrated one, used by every connection, dropped."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count

from django.db import connections

from tests import servers

_numbers = count()


def fresh_name() -> str:
    """Return a database's name that no other worker and no other run uses."""
    return f"test_{os.getpid()}_{next(_numbers)}"


def use_database(*, name: str) -> None:
    """Point both roles' connections, of this thread and of those to come, at a database."""
    for alias in ("default", "owner"):
        connections.settings[alias]["NAME"] = name
        connections[alias].close()
        connections[alias].settings_dict["NAME"] = name


@contextmanager
def own_copy(*, template: str) -> Iterator[str]:
    """Use a copy of a database for the length of the block, and yield its name."""
    before = connections.settings["default"]["NAME"]
    name = fresh_name()
    servers.make_database(name=name, template=template)
    connections.close_all()
    use_database(name=name)
    try:
        yield name
    finally:
        connections.close_all()
        use_database(name=before)
        servers.drop_database(name=name)
