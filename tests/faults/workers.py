"""Celery workers of a test's own, on its own database, to be killed."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from celery import Celery

from config.embedded.session import CHECKOUT
from tests import servers


def broker_url() -> str:
    """Return the broker these workers listen to."""
    return servers.broker_url(place=0)


def ask(task: str, *, queue: str, **kwargs: str) -> None:
    """Send a task to the workers."""
    with Celery(broker=broker_url(), set_as_current=False) as sender:
        sender.send_task(task, kwargs=kwargs, queue=queue, ignore_result=True)


@contextmanager
def a_worker(
    *, database: str, queue: str, processes: int = 1, threads: int = 0
) -> Iterator[subprocess.Popen[bytes]]:
    """Run a worker of one queue on a database, as the application; end it if it still runs.

    Its processes work, or as many threads as are asked for.
    """
    environment = {
        **os.environ,
        "DATABASE_URL": servers.application_url(database=database),
        "REDIS_URL": broker_url(),
        "LOG_LEVEL": "WARNING",
        "SETTLE_WORKERS": str(processes),
        "DJANGO_SETTINGS_MODULE": "config.settings",
    }
    command = (
        *("-m", "celery", "--app", "config.celery", "worker", "--loglevel", "WARNING"),
        *("--queues", queue, "--concurrency", str(threads or processes)),
        *("--pool", "threads" if threads else "prefork", "--hostname", f"{queue}@%h"),
        *("--without-gossip", "--without-mingle"),
    )
    worker = subprocess.Popen(
        [sys.executable, *command], cwd=CHECKOUT, env=environment, start_new_session=True
    )
    try:
        yield worker
    finally:
        kill(worker)


def kill(worker: subprocess.Popen[bytes]) -> None:
    """Kill a worker and its children at once, as a machine that loses power would."""
    try:
        os.killpg(worker.pid, signal.SIGKILL)
    except ProcessLookupError:
        return
    finally:
        worker.wait()
