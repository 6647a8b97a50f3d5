"""The servers of one test run, and the database its tests share a copy of."""

import atexit
import hashlib
import os
import time
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
import redis
from psycopg import errors, sql

from config.embedded.home import home_of, locked, passing_home_of
from config.embedded.session import CHECKOUT, embedded_servers
from tests.deployed import settings_here

TEMPLATES_KEPT = 3
LEAVING_SECONDS_MAX = 120
COPIES_MAX = 5
HOME_VARIABLE = "TEST_SERVERS_HOME"


def start_servers() -> None:
    """Start or join the embedded servers for the length of this process and its workers.

    A worker finds the addresses in the environment it was started with, and joins those.
    """
    if os.environ.get(HOME_VARIABLE):
        return
    durable = os.environ.get("TEST_DURABLE") == "on"  # the benchmarks want the disk's truth
    home = (home_of if durable else passing_home_of)(checkout=CHECKOUT, name="embedded-test")
    has_own_broker = "REDIS_URL" not in os.environ
    held = ExitStack()
    atexit.register(held.close)
    settings = settings_here() if durable else {}
    ours = held.enter_context(
        embedded_servers(home=home, stays=False, durable=durable, settings=settings)
    )
    os.environ[HOME_VARIABLE] = str(home)
    if ours:
        _drop_what_runs_before_left()
    if ours and has_own_broker:
        with redis.Redis.from_url(os.environ["REDIS_URL"]) as kept:
            kept.flushall()


def _drop_what_runs_before_left() -> None:
    for pattern in ("test\\_%", "unfinished\\_%"):
        for name in databases_like(pattern=pattern):
            drop_database(name=name)


def template_name() -> str:
    """Return the name of the migrated database: a digest of what decides its content."""
    # Without the exchange there are fewer tables and kinds.
    digest = hashlib.sha256(os.environ.get("EXCHANGE", "").encode())
    sources = [CHECKOUT / "config/roles.py", CHECKOUT / "config/settings.py"]
    for app in ("ledger", "wallet", "exchange"):
        sources += sorted(CHECKOUT.glob(f"{app}/**/migrations/*.py"))
        sources += sorted(CHECKOUT.glob(f"{app}/**/*.sql"))
        sources += sorted(CHECKOUT.glob(f"{app}/**/models.py"))
        sources += sorted(CHECKOUT.glob(f"{app}/**/models/*.py"))
    for source in sources:
        digest.update(f"{source.relative_to(CHECKOUT)}\0".encode())
        digest.update(source.read_bytes())
    return f"template_{digest.hexdigest()[:16]}"


def server_url(*, database: str) -> str:
    """Return the owner's address of a database of the test server."""
    return psycopg.conninfo.make_conninfo(os.environ["DATABASE_OWNER_URL"], dbname=database)


def application_url(*, database: str) -> str:
    """Return the application's address of a database of the test server."""
    parts = urlsplit(os.environ["DATABASE_URL"])
    return urlunsplit(parts._replace(path=f"/{database}"))


def run_as_owner(statement: str, *names: str) -> None:
    """Run one statement about databases, as the owner, from the maintenance database."""
    with psycopg.connect(server_url(database="postgres"), autocommit=True) as connection:
        quoted = (sql.Identifier(name) for name in names)
        connection.execute(sql.SQL(statement).format(*quoted))


def databases_like(*, pattern: str) -> list[str]:
    """Return the owner's databases whose name matches, oldest first."""
    with psycopg.connect(server_url(database="postgres")) as connection:
        rows = connection.execute(
            "SELECT datname FROM pg_database WHERE datname LIKE %s"
            " AND datdba = (SELECT oid FROM pg_roles WHERE rolname = current_user)"
            " ORDER BY oid",
            [pattern],
        ).fetchall()
    return [str(name) for (name,) in rows]


def make_database(*, name: str, template: str) -> None:
    """Copy the template, for one worker or for one test of its own."""
    drop_database(name=name)
    for attempt in range(COPIES_MAX):
        try:
            run_as_owner("CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY", name, template)
            break
        except psycopg.errors.ObjectInUse:  # a connection to the template is just ending
            if attempt == COPIES_MAX - 1:
                raise
    # A database's own rights are not copied with it.
    run_as_owner("REVOKE TEMPORARY ON DATABASE {} FROM PUBLIC", name)


def drop_database(*, name: str) -> None:
    """Remove a database and whoever is still connected to it.

    The owner may not end the application's sessions: those of processes that have just ended are
    waited for, as are its own that take long to end.
    """
    ends = time.monotonic() + LEAVING_SECONDS_MAX
    while True:
        try:
            run_as_owner("DROP DATABASE IF EXISTS {} WITH (FORCE)", name)
        except (errors.InsufficientPrivilege, errors.ObjectInUse):
            if time.monotonic() > ends:
                raise
            time.sleep(0.1)
        else:
            return


def templates_lock() -> Path:
    """Return the folder whose lock lets one worker migrate while the others wait."""
    folder = Path(os.environ[HOME_VARIABLE]) / "templates"
    folder.mkdir(exist_ok=True)
    return folder


__all__ = [
    "TEMPLATES_KEPT",
    "application_url",
    "databases_like",
    "drop_database",
    "locked",
    "make_database",
    "run_as_owner",
    "start_servers",
    "template_name",
    "templates_lock",
]


def broker_url(*, place: int) -> str:
    """Return one of two brokers (0, 1) of this worker's own: another's messages name strange rows."""
    worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    # The caches of the workers lie below these.
    return f"{os.environ['REDIS_URL'].removesuffix('/0')}/{8 + 2 * (worker % 4) + place}"
