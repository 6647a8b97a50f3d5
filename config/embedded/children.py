"""Start a server that never outlives the process that asked for it."""

import ctypes
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from config.embedded.home import Account

POLL_SECONDS = 0.03
PR_SET_PDEATHSIG = 1
# Looked up before the fork: a child between fork and exec may call nothing that takes a lock.
_prctl = ctypes.CDLL(None).prctl if sys.platform == "linux" else None


def free_port() -> int:
    """Return a TCP port of 127.0.0.1 that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def dies_with_parent(*, with_signal: signal.Signals) -> Callable[[], None] | None:
    """Return what a child runs before exec, so that the kernel ends it when we are killed."""
    if _prctl is None:
        return None
    parent = os.getpid()

    def arm() -> None:
        _prctl(PR_SET_PDEATHSIG, with_signal)
        if os.getppid() != parent:
            os._exit(1)

    return arm


def start_child(
    *,
    command: Sequence[str],
    log: Path | None,
    stop_signal: signal.Signals,
    account: Account | None = None,
    environment: Mapping[str, str] | None = None,
    folder: Path | None = None,
) -> subprocess.Popen[bytes]:
    """Start a command in a session of its own, so that Ctrl-C reaches it only through us."""
    output = log.open("ab") if log else None
    try:
        return subprocess.Popen(
            list(command),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            cwd=folder or "/",
            env=environment,
            start_new_session=True,
            preexec_fn=dies_with_parent(with_signal=stop_signal),  # noqa: PLW1509  takes no lock
            user=account.uid if account else None,
            group=account.gid if account else None,
            extra_groups=[] if account else None,
        )
    finally:
        if output:
            output.close()


def is_ready(
    *, child: subprocess.Popen[bytes], answers: Callable[[], bool], seconds_max: float
) -> bool:
    """Wait until the child answers; False when it ended or the time passed."""
    ends = time.monotonic() + seconds_max
    while time.monotonic() < ends and child.poll() is None:
        if answers():
            return True
        time.sleep(POLL_SECONDS)
    return False


def stop_child(
    *, child: subprocess.Popen[bytes], stop_signal: signal.Signals, seconds_max: float
) -> None:
    """End the child with its own signal, and by force when that takes too long."""
    if child.poll() is not None:
        return
    child.send_signal(stop_signal)
    try:
        child.wait(seconds_max)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()
