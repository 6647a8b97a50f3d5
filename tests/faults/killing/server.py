"""A PostgreSQL of the trial's own, with fsync on, and the ways to kill it."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from random import Random

import psycopg

from config.embedded import session
from config.embedded.home import home_of
from config.embedded.postgres import Postgres, answers
from config.embedded.roles import make_roles
from config.embedded.session import CHECKOUT
from config.embedded.state import State
from config.roles import APPLICATION_ROLE

WAIT_SECONDS_MAX = 180
CLIENTS_OF_THE_SERVER = (
    "SELECT pid FROM pg_stat_activity WHERE backend_type = 'client backend' AND usename = %s"
)
EVERY_PROCESS = "SELECT pid FROM pg_stat_activity WHERE pid <> pg_backend_pid()"


@contextmanager
def a_server() -> Iterator[Postgres]:
    """Run a migrated server in a folder of its own, removed at the end."""
    home = home_of(checkout=CHECKOUT, name="embedded-kill") / str(os.getpid())
    home.mkdir(mode=0o755)
    server = Postgres(home=home, state=State(), durable=True)
    try:
        server.start()
        make_roles(state=server.state)
        for name in ("DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL"):
            os.environ.pop(name, None)
        session._export(state=server.state)
        subprocess.run(
            [sys.executable, "manage.py", "migrate", "--verbosity", "0"], check=True, cwd=CHECKOUT
        )
        yield server
    finally:
        server.stop()
        shutil.rmtree(home)


def kill_postmaster(server: Postgres, dice: Random) -> None:
    """Kill the postmaster alone: its processes are left to find out, and the server stays down."""
    _kill_for_good(server, [])


def kill_server(server: Postgres, dice: Random) -> None:
    """Kill the postmaster and every process of the server at once."""
    _kill_for_good(server, _processes(server, EVERY_PROCESS))


def kill_backend(server: Postgres, dice: Random) -> None:
    """Kill the server process of one client; the postmaster throws out all, and recovers."""
    _kill_one(_processes(server, CLIENTS_OF_THE_SERVER, APPLICATION_ROLE), dice)


def kill_any_process(server: Postgres, dice: Random) -> None:
    """Kill any process of the server: a checkpointer, a WAL writer, a client's."""
    _kill_one(_processes(server, EVERY_PROCESS), dice)


def await_clients(server: Postgres, *, count: int) -> None:
    """Wait until so many clients are at work: who has not come yet can neither be killed nor lose."""
    ends_at = time.monotonic() + WAIT_SECONDS_MAX
    while len(_processes(server, CLIENTS_OF_THE_SERVER, APPLICATION_ROLE)) < count:
        assert time.monotonic() < ends_at, "The clients did not come."
        time.sleep(0.02)


def bring_back(server: Postgres) -> None:
    """Start what is down, or wait for what recovers by itself; then for the last client to leave."""
    assert server.child is not None
    if server.child.poll() is not None:
        server.start()
    ends_at = time.monotonic() + WAIT_SECONDS_MAX
    while not answers(url=server.state.superuser_url) or _processes(
        server, CLIENTS_OF_THE_SERVER, APPLICATION_ROLE
    ):
        assert time.monotonic() < ends_at, "The server did not come back."
        time.sleep(0.05)


def _processes(server: Postgres, question: str, *facts: str) -> list[int]:
    with psycopg.connect(server.state.superuser_url) as connection:
        return [int(pid) for (pid,) in connection.execute(question, facts or None).fetchall()]


def _kill_for_good(server: Postgres, beside: list[int]) -> None:
    assert server.child is not None
    server.child.kill()
    for process in beside:
        _kill(process)
    server.child.wait()


def _kill_one(processes: list[int], dice: Random) -> None:
    _kill(dice.choice(sorted(processes)))


def _kill(process: int) -> None:
    try:
        os.kill(process, signal.SIGKILL)
    except ProcessLookupError:  # it ended by itself in this moment
        return
