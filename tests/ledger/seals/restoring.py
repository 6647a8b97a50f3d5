"""Another server with a copy of a database, as `pg_dump` and `pg_restore` make one."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from django.db import connections

from config.embedded.postgres import Postgres, binaries_folder
from config.embedded.roles import DATABASE, make_roles
from config.embedded.state import State
from tests.servers import HOME_VARIABLE, server_url

ROLES = {"owner": "DATABASE_OWNER_URL", "application": "DATABASE_URL"}


def dumped(*, database: str, file: Path) -> None:
    """Dump a database of the test server, as its owner."""
    _run("pg_dump", "--format=custom", f"--file={file}", server_url(database=database))


@contextmanager
def restored(*, file: Path) -> Iterator[None]:
    """Restore a dump on a server made for it, and use that server for the length of the block."""
    home = Path(os.environ[HOME_VARIABLE]) / f"restored-{os.getpid()}"
    home.mkdir(mode=0o755)
    roles = {role: urlsplit(os.environ[name]).password or "" for role, name in ROLES.items()}
    state = State(owner_password=roles["owner"], application_password=roles["application"])
    server = Postgres(home=home, state=state, durable=False)
    try:
        server.start()
        make_roles(state=state)
        owner = state.url_of(
            role="flowcoin_owner", password=state.owner_password, database=DATABASE
        )
        _run("pg_restore", "--single-transaction", "--exit-on-error", f"--dbname={owner}", file)
        with _using(name=DATABASE, port=state.postgres_port):
            yield
    finally:
        server.stop()
        shutil.rmtree(home)


@contextmanager
def _using(*, name: str, port: int) -> Iterator[None]:
    before = {alias: dict(connections[alias].settings_dict) for alias in ("default", "owner")}
    try:
        for alias in before:
            _point(alias, {"NAME": name, "PORT": port})
        yield
    finally:
        for alias, settings in before.items():
            _point(alias, {"NAME": settings["NAME"], "PORT": settings["PORT"]})


def _point(alias: str, place: dict[str, object]) -> None:
    connections[alias].close()
    connections[alias].settings_dict.update(place)


def _run(program: str, *arguments: object) -> None:
    folder = binaries_folder(home=Path(os.environ[HOME_VARIABLE]))
    done = subprocess.run(
        [str(folder / program), *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
