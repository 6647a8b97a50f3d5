"""End the process groups of a supervisor that was killed.

Run as a program of its own, with a pipe from the supervisor as its standard input: each line
is a process group; the end of the pipe means the supervisor is gone, however it went.
"""

import contextlib
import os
import signal
import sys
import time

GRACE_SECONDS = 5
POLL_SECONDS = 0.1


def end_groups(*, groups: list[int], grace_seconds: float) -> None:
    """Ask the groups to stop, and kill what is left of them when the grace is over."""
    for group in groups:
        _signal(group=group, number=signal.SIGTERM)
    ends = time.monotonic() + grace_seconds
    while time.monotonic() < ends and any(is_alive(group=group) for group in groups):
        time.sleep(POLL_SECONDS)
    for group in groups:
        _signal(group=group, number=signal.SIGKILL)


def is_alive(*, group: int) -> bool:
    """Tell whether a process of the group is left."""
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True


def _signal(*, group: int, number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(group, number)


def main() -> None:
    """Collect groups until the supervisor is gone, then end them."""
    for each in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(each, signal.SIG_IGN)  # only the end of the pipe counts
    groups = [int(line) for line in sys.stdin]
    end_groups(groups=groups, grace_seconds=GRACE_SECONDS)


if __name__ == "__main__":
    main()
