"""Every test runs as the application's role, on a copy of one database its owner migrated.

A test marked `django_db` runs in a transaction that is rolled back. One marked `own_database`
commits for real (races, faults, seals) in a database of its own, dropped afterwards: tables
that are append-only cannot be flushed, so nothing here ever flushes.
"""

import gc
import os
import re
from collections.abc import Generator, Iterator
from datetime import datetime
from pathlib import Path

import pytest
from django.core.cache import cache
from django.core.management import call_command
from django.db import connections
from django.utils import timezone, translation
from hypothesis import HealthCheck, settings
from pytest_django import DjangoDbBlocker

from ledger.operations import open_months
from tests import servers
from tests.databases import fresh_name, own_copy, use_database
from tests.given import NOW
from tests.quiet import alone, among_others
from wallet.carriers.queries import forget_names

# A busy machine is slow, not wrong. What is drawn is the same in every run: a gate judges the
# change it is shown; HYPOTHESIS=random draws anew, to look for what nobody has seen.
settings.register_profile(
    "busy machine",
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    derandomize=os.environ.get("HYPOTHESIS") != "random",
)
settings.load_profile("busy machine")

# Python's usual 700 looks for garbage three times a test, and finds next to none.
GARBAGE_MIN = 20_000
READ_CLOCK = timezone.now
UUID_TEXT = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@pytest.fixture
def now() -> datetime:
    """Return the moment tests happen at, in the middle of a month and of a day."""
    return NOW


@pytest.fixture(scope="session")
def migrated_template(django_db_blocker: DjangoDbBlocker) -> str:
    """Return the name of the migrated database; the first worker to come makes it."""
    name = servers.template_name()
    with servers.locked(home=servers.templates_lock()):
        if name not in servers.databases_like(pattern="template_%"):
            unfinished = f"unfinished_{name}"
            servers.drop_database(name=unfinished)
            servers.run_as_owner("CREATE DATABASE {}", unfinished)
            with django_db_blocker.unblock():
                use_database(name=unfinished)
                call_command("migrate", verbosity=0, interactive=False)
                connections.close_all()
            servers.run_as_owner("ALTER DATABASE {} RENAME TO {}", unfinished, name)
            for old in servers.databases_like(pattern="template_%")[: -servers.TEMPLATES_KEPT]:
                servers.drop_database(name=old)
    return name


@pytest.fixture(scope="session")
def django_db_setup(
    django_test_environment: None, django_db_blocker: DjangoDbBlocker, migrated_template: str
) -> Iterator[None]:
    """Give this worker its copy of the database, with the months open that worlds are built in."""
    name = fresh_name()
    servers.make_database(name=name, template=migrated_template)
    use_database(name=name)
    with django_db_blocker.unblock():
        open_months(now=NOW)
    yield
    with django_db_blocker.unblock():
        connections.close_all()
    servers.drop_database(name=name)


@pytest.fixture
def own_database(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker, migrated_template: str
) -> Iterator[str]:
    """Give one test a database of its own, in which it commits, and yield its name."""
    with django_db_blocker.unblock(), own_copy(template=migrated_template) as name:
        yield name


@pytest.fixture(autouse=True)
def _source_language() -> Iterator[None]:
    """Begin each test in Chinese: a page asked for in English leaves its thread in English."""
    with translation.override("zh-hans"):
        yield


@pytest.fixture(autouse=True)
def _nothing_kept() -> Iterator[None]:
    """Forget what a test had kept, names and wrong guesses: its rows are rolled back, a cache is not."""
    yield
    forget_names()
    cache.clear()


@pytest.fixture(autouse=True)
def _own_database_marker(request: pytest.FixtureRequest) -> None:
    if request.node.get_closest_marker("own_database"):
        request.getfixturevalue("own_database")


@pytest.fixture
def transactional_db() -> None:
    """Refuse what would flush tables that cannot be truncated."""
    pytest.fail("Use @pytest.mark.own_database: nothing is flushed here.")


def pytest_make_parametrize_id(config: pytest.Config, val: object) -> str | None:
    """Name a random id alike in every worker, which must all collect the same tests."""
    return UUID_TEXT.sub("uuid", val) if isinstance(val, str) and UUID_TEXT.search(val) else None


def pytest_collection_finish() -> None:
    """Keep code and collected tests, which stay to the end, out of the search for garbage."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(GARBAGE_MIN)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """Run a quiet test alone, and every other beside its like."""
    home = Path(os.environ[servers.HOME_VARIABLE])
    in_company = alone if item.get_closest_marker("quiet") else among_others
    with in_company(home=home):
        return (yield)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown() -> Generator[None, object, object]:
    """Refuse a test that leaves another clock behind, which would be that of all after it."""
    done = yield
    assert timezone.now is READ_CLOCK, "This test left the clock of the doors changed."
    return done


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Refuse a test that would flush, or that asks for two kinds of database.

    Raises:
        UsageError: such a test was collected.
    """
    for item in items:
        marker = item.get_closest_marker("django_db")
        if marker and (marker.kwargs.get("transaction") or item.get_closest_marker("own_database")):
            raise pytest.UsageError(f"{item.nodeid}: mark it own_database, alone.")
