"""Whatever ends `manage.py serve`, nothing it started is left."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from celery import Celery

from config.celery import QUEUES
from config.embedded.state import read_state

CHECKOUT = Path(__file__).resolve().parents[2]
SERVE_SECONDS_MAX = 600  # a busy machine is slow, not wrong
STOP_SECONDS_MAX = 120  # more than what is given to each in turn
GIVEN_BY_TEST_RUN = {
    "DATABASE_URL",
    "DATABASE_OWNER_URL",
    "REDIS_URL",
    "DJANGO_SETTINGS_MODULE",
    "TEST_SERVERS_HOME",
}


@pytest.fixture(scope="module")
def home() -> Iterator[Path]:
    """Give servers of their own a home that an unprivileged account can enter."""
    folder = Path(tempfile.mkdtemp(prefix="flow-coin-test-", dir="/var/tmp"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _left_of(home: Path) -> list[str]:
    """Return the command lines of the processes that were given this home."""
    mark = f"EMBEDDED_DIR={home}".encode()
    left = []
    for process in Path("/proc").iterdir():
        try:
            if mark in (process / "environ").read_bytes().split(b"\0"):
                left.append((process / "cmdline").read_bytes().replace(b"\0", b" ").decode())
        except (OSError, ValueError):
            continue
    return left


def _serve(home: Path) -> subprocess.Popen[str]:
    environment = {k: v for k, v in os.environ.items() if k not in GIVEN_BY_TEST_RUN}
    child = subprocess.Popen(
        [sys.executable, "manage.py", "serve", "--port", str(_free_port())],
        cwd=CHECKOUT,
        env={**environment, "EMBEDDED_DIR": str(home)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert child.stdout is not None
    said = []
    ends = time.monotonic() + SERVE_SECONDS_MAX
    for line in child.stdout:
        said.append(line)
        if line.startswith("Serving "):
            return child
        if time.monotonic() > ends:
            break
    child.kill()
    child.wait()
    raise AssertionError("".join(said))


def _run_task(home: Path, *, task: str, queue: str) -> None:
    """Ask the site that serves from this home for a task, and wait until it is done."""
    url = read_state(home=home).redis_url
    with Celery(broker=url, backend=url, set_as_current=False) as asking:
        asking.send_task(task, queue=queue).get(timeout=SERVE_SECONDS_MAX)


def _assert_nothing_is_left_after(child: subprocess.Popen[str], name: str, home: Path) -> None:
    started = _left_of(home)
    assert any("gunicorn" in command for command in started), started
    assert any("postgres" in command for command in started), started
    child.send_signal(signal.Signals[name])
    child.wait(STOP_SECONDS_MAX)
    assert child.stdout is not None
    child.stdout.close()
    ends = time.monotonic() + STOP_SECONDS_MAX
    while (left := _left_of(home)) and time.monotonic() < ends:
        time.sleep(0.2)
    assert left == []


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
def test_every_queue_is_served_until_sigterm(home: Path) -> None:
    child = _serve(home)
    try:
        for queue in QUEUES:
            _run_task(home, task="wallet.holders.forget_unverified", queue=queue)
        _assert_nothing_is_left_after(child, "SIGTERM", home)
    finally:
        child.kill()
        child.wait()


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
@pytest.mark.parametrize("name", ["SIGKILL", "SIGINT", "SIGHUP"])
def test_nothing_is_left_after(home: Path, name: str) -> None:
    _assert_nothing_is_left_after(_serve(home), name, home)
