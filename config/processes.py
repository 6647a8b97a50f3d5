"""Run the web, the workers and beat side by side, and stop them together."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from config.embedded.children import free_port, is_ready, start_child
from config.environment import environment
from config.guard import end_groups
from config.lanes import CARRIERS_QUEUE

STOP_SECONDS_MAX = 10
# A busy machine is slow, not wrong; what ends by itself is seen at once.
START_SECONDS_MAX = 240
# A process that has not begun to serve after this long is begun anew, and would never come up.
BOOT_SECONDS_MAX = 120
POLL_SECONDS = 0.2
WEB_THREADS = 32
LIVE_CONNECTIONS = 2_500  # some more than the viewers a process takes, who are told so
WORKER_PROCESSES = 2
# They wait for carriers more than they work: as many calls as four carriers are given at once,
# and some to spare for statements.
CARRIER_THREADS = 20
MATCHING_THREADS = 8  # one for each open book, which holds it for up to a minute


class ChildEnded(Exception):
    """A process that should stay has ended by itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """One process to keep running."""

    name: str
    command: tuple[str, ...]


def programs(*, port: int, live_port: int = 0, folder: Path) -> list[Program]:
    """Return what makes a whole site on one machine; beat's memory lies in the folder.

    The market's live stream has a port and a process of its own: with port 0 there is none.
    """
    celery = ("-m", "celery", "--quiet", "--app", "config.celery")
    worker = (*celery, "worker", "--loglevel", "WARNING")
    return [
        _web(port=port),
        *([_live(port=live_port)] if live_port else []),
        Program(
            name="worker",
            command=(
                *worker,
                *("--queues", "default,settlement", "--concurrency", str(WORKER_PROCESSES)),
                *("--hostname", "worker@%h", "--without-gossip", "--without-mingle"),
            ),
        ),
        Program(
            name="carriers",
            command=(
                *worker,
                *("--queues", CARRIERS_QUEUE, "--pool", "threads"),
                *("--concurrency", str(CARRIER_THREADS)),
                *("--hostname", "carriers@%h", "--without-gossip", "--without-mingle"),
            ),
        ),
        Program(
            name="matching",
            command=(
                *worker,
                *("--queues", "matching", "--pool", "threads"),
                *("--concurrency", str(MATCHING_THREADS)),
                *("--hostname", "matching@%h", "--without-gossip", "--without-mingle"),
            ),
        ),
        Program(
            name="beat",
            command=(
                *(*celery, "beat", "--loglevel", "WARNING"),
                *("--schedule", str(folder / "beat"), "--pidfile="),
            ),
        ),
    ]


def _web(*, port: int) -> Program:
    return Program(
        name="web",
        command=(
            *("-m", "gunicorn", "config.wsgi", "--bind", f"127.0.0.1:{port}"),
            *("--worker-class", "gthread", "--threads", str(WEB_THREADS)),
            *("--timeout", str(BOOT_SECONDS_MAX), "--graceful-timeout", "3"),
            *("--log-level", "warning", "--no-control-socket"),
        ),
    )


def _live(*, port: int) -> Program:
    return Program(
        name="live",
        command=(
            *("-m", "gunicorn", "config.live", "--bind", f"127.0.0.1:{port}"),
            *("--worker-class", "asgi", "--worker-connections", str(LIVE_CONNECTIONS)),
            *("--timeout", str(BOOT_SECONDS_MAX), "--graceful-timeout", "1"),
            *("--log-level", "warning", "--no-control-socket"),
        ),
    )


@dataclass(slots=True, kw_only=True)
class Supervisor:
    """Starts programs in process groups of their own and ends them all."""

    folder: Path
    children: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    guard: subprocess.Popen[bytes] | None = None

    def start(self, program: Program) -> subprocess.Popen[bytes]:
        """Start one program; the guard ends its group should we be killed."""
        child = start_child(
            command=[sys.executable, *program.command],
            log=None,
            stop_signal=signal.SIGTERM,
            environment=os.environ,
            folder=self.folder,
        )
        self.children[program.name] = child
        self._tell_guard(group=child.pid)
        return child

    def watch(self) -> None:
        """Wait for ever.

        Raises:
            ChildEnded: one of the programs has stopped.
        """
        while True:
            for name, child in self.children.items():
                if child.poll() is not None:
                    raise ChildEnded(f"The {name} process ended with {child.returncode}.")
            time.sleep(POLL_SECONDS)

    def stop(self) -> None:
        """End every program and whatever it started."""
        for child in self.children.values():
            if child.poll() is None:
                child.terminate()
        ends = time.monotonic() + STOP_SECONDS_MAX
        for child in self.children.values():
            try:
                child.wait(max(0.0, ends - time.monotonic()))
            except subprocess.TimeoutExpired:
                continue
        end_groups(groups=[child.pid for child in self.children.values()], grace_seconds=0)
        for child in self.children.values():
            child.wait()
        if self.guard is not None and self.guard.stdin is not None:
            self.guard.stdin.close()
            self.guard.wait()

    def _tell_guard(self, *, group: int) -> None:
        if self.guard is None:
            self.guard = subprocess.Popen(
                [sys.executable, "-m", "config.guard"],
                stdin=subprocess.PIPE,
                cwd=self.folder,
                start_new_session=True,
            )
        assert self.guard.stdin is not None
        self.guard.stdin.write(f"{group}\n".encode())
        self.guard.stdin.flush()


@contextmanager
def supervised(*, checkout: Path, port: int, folder: Path) -> Iterator[Supervisor]:
    """Run the site until the block is left, whatever ends it.

    Raises:
        ChildEnded: the web did not come up.
    """
    supervisor = Supervisor(folder=checkout)
    try:
        live_port = free_port() if environment().exchange else 0
        os.environ["LIVE_URL"] = f"http://127.0.0.1:{live_port}" if live_port else ""
        for program in programs(port=port, live_port=live_port, folder=folder):
            supervisor.start(program)
        web = supervisor.children["web"]
        if not is_ready(
            child=web, answers=lambda: _answers(port=port), seconds_max=START_SECONDS_MAX
        ):
            raise ChildEnded(f"The web did not answer on port {port}.")
        yield supervisor
    finally:
        supervisor.stop()


def _answers(*, port: int) -> bool:
    import httpx

    try:
        return httpx.get(f"http://127.0.0.1:{port}/healthz", timeout=2).is_success
    except httpx.TransportError:
        return False
