"""What deploy/postgresql.conf sets is what a server knows, and never endangers what was answered."""

import pytest
from django.db import connection

from tests.deployed import settings, settings_here

DURABLE = {"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on"}


def test_what_was_answered_is_on_disk() -> None:
    assert DURABLE.items() <= settings().items()


@pytest.mark.django_db
def test_every_name_is_a_servers() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT name FROM pg_settings WHERE name = ANY(%s)", [list(settings())])
        assert {name for (name,) in cursor.fetchall()} == set(settings())


def test_only_the_shares_of_memory_are_this_machines() -> None:
    here = settings_here()
    changed = {name for name, value in settings().items() if here[name] != value}
    assert changed <= {"shared_buffers", "effective_cache_size"}
    assert here.keys() == settings().keys()
