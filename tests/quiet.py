"""Let a test run while no other does: the commit horizon is the whole server's.

A transaction that another worker's test keeps open, in whatever database, holds back what may be
sealed. Tests marked `quiet` therefore run alone; the others pass a turnstile, so that a quiet one
is never kept waiting for ever.
"""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def alone(*, home: Path) -> Iterator[None]:
    """Run the block while no other test of any worker runs."""
    with (home / "turnstile").open("a") as turnstile, (home / "quiet").open("a") as quiet:
        fcntl.flock(turnstile, fcntl.LOCK_EX)
        fcntl.flock(quiet, fcntl.LOCK_EX)
        yield


@contextmanager
def among_others(*, home: Path) -> Iterator[None]:
    """Run the block beside other tests, after a quiet one that waits."""
    with (home / "turnstile").open("a") as turnstile, (home / "quiet").open("a") as quiet:
        fcntl.flock(turnstile, fcntl.LOCK_EX)
        fcntl.flock(quiet, fcntl.LOCK_SH)
        fcntl.flock(turnstile, fcntl.LOCK_UN)
        yield
