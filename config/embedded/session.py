"""Give a command its servers: attach to those that run, else start them and own them."""

import fcntl
import os
import secrets
import signal
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import FrameType, MappingProxyType
from typing import TextIO

from config.embedded import postgres, valkey
from config.embedded.home import home_of, locked
from config.embedded.roles import DATABASE, make_roles
from config.embedded.state import State, read_state, write_state
from config.roles import APPLICATION_ROLE, OWNER_ROLE

Settings = Mapping[str, str]
NO_SETTINGS: Settings = MappingProxyType({})
CHECKOUT = Path(__file__).resolve().parents[2]
STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
# Commands that stay: short ones may attach to the servers they started, until they leave.
STAYING = {"serve", "demo", "runserver"}
STAYS, LEAVES = "stays", "leaves"
# Homes whose servers this process stops when it ends; and the marks that it has begun to.
_serving: list[Path] = []
_marks: list[TextIO] = []
# Commands that touch neither database nor broker, and so start nothing.
SERVERLESS = {
    "--help",
    "--version",
    "carrier_simulator",
    "compile_catalogs",
    "compilemessages",
    "exchange_replay",
    "help",
    "makemessages",
    "makemigrations",
    "version",
}


@contextmanager
def session_for(*, arguments: Sequence[str]) -> Iterator[None]:
    """Put the servers' addresses into the environment for the length of one command."""
    command = arguments[0] if arguments else "help"
    if os.environ.get("DATABASE_URL") and os.environ.get("REDIS_URL"):
        yield
    elif command in SERVERLESS or "--help" in arguments:
        os.environ.setdefault("SECRET_KEY", secrets.token_urlsafe(48))
        yield
    else:
        stop_on_signals()
        home = home_of(checkout=CHECKOUT)
        with embedded_servers(home=home, stays=command in STAYING, durable=True):
            yield


@contextmanager
def embedded_servers(
    *, home: Path, stays: bool, durable: bool, settings: Settings = NO_SETTINGS
) -> Iterator[bool]:
    """Run or join the servers of a home, and yield whether they are ours.

    A command that does not stay and had to start them keeps the lock until it is done, so that
    nobody attaches to servers that are about to stop; of those that stay there is one at a time,
    and it says when it leaves. `settings` are for a PostgreSQL it starts.
    """
    with ExitStack() as held, ExitStack() as owned:
        if stays:
            held.enter_context(
                locked(home=home, name=STAYS, waits_for="another serve or demo here: end it first")
            )
            held.callback(_have_left)
        with ExitStack() as lock:
            lock.enter_context(locked(home=home))
            with locked(home=home, name=LEAVES, waits_for="a serve or demo that is just ending"):
                pass
            state = read_state(home=home)
            started = _start_missing(
                home=home, state=state, owned=owned, durable=durable, settings=settings
            )
            if started:
                write_state(home=home, state=state)
                if stays:
                    _serving.append(home)
                    owned.callback(_leave)
                else:
                    held.push(lock.pop_all())  # let go after the servers have stopped
        _export(state=state)
        yield started


def _start_missing(
    *, home: Path, state: State, owned: ExitStack, durable: bool, settings: Settings
) -> bool:
    """Start what does not answer; what was started is stopped when `owned` closes."""
    started = False
    if not os.environ.get("DATABASE_URL") and not postgres.answers(url=state.superuser_url):
        write_state(home=home, state=state)  # its password must outlive a start that is cut off
        database = postgres.Postgres(home=home, state=state, durable=durable, settings=settings)
        owned.callback(database.stop)
        database.start()
        make_roles(state=state)
        started = True
    if not os.environ.get("REDIS_URL") and not valkey.answers(url=state.redis_url):
        broker = valkey.Valkey(home=home, state=state)
        owned.callback(broker.stop)
        broker.start()
        started = True
    return started


def _export(*, state: State) -> None:
    addresses = {
        "SECRET_KEY": state.secret_key,
        "LINK_KEY": state.link_key,
        "SEAL_KEY": state.seal_key,
        "ALLOWED_HOSTS": "127.0.0.1,localhost",
        "PUBLIC_URL": "http://127.0.0.1:8000",
        "DEMO": "on",
        "REDIS_URL": state.redis_url,
    }
    if not os.environ.get("DATABASE_URL"):
        addresses["DATABASE_URL"] = state.url_of(
            role=APPLICATION_ROLE, password=state.application_password, database=DATABASE
        )
        addresses["DATABASE_OWNER_URL"] = state.url_of(
            role=OWNER_ROLE, password=state.owner_password, database=DATABASE
        )
    for name, value in addresses.items():
        os.environ.setdefault(name, value)


def stop_on_signals() -> None:
    """Turn a stop signal into an orderly exit, so that what we started is stopped.

    Installed explicitly because a shell starts a background child with SIGINT ignored.
    """
    for each in STOP_SIGNALS:
        signal.signal(each, _exit)


def _leave() -> None:
    """Have whoever comes from now on wait until our servers have stopped."""
    for home in _serving:
        mark = (home / LEAVES).open("a")
        fcntl.flock(mark, fcntl.LOCK_EX)  # had by others for a moment only
        _marks.append(mark)
    _serving.clear()


def _have_left() -> None:
    for mark in _marks:
        mark.close()
    _marks.clear()


def _exit(number: int, frame: FrameType | None) -> None:
    for each in STOP_SIGNALS:
        signal.signal(each, signal.SIG_IGN)  # a second Ctrl-C must not cut the stop short
    _leave()  # the web and the workers stop first, while the servers still answer
    sys.exit(128 + number)
