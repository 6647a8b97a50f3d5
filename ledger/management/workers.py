"""Processes that help a command: each with a Python and connections of its own."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import date
from os import getpid
from pathlib import Path

from ledger.rules import month_name

WORKERS_MAX = 64
CHECKOUT = Path(__file__).parents[2]


@contextmanager
def helpers(*, count: int, month: date, complain: Callable[[str], object]) -> Iterator[None]:
    """Have as many processes help to settle a month whose close has begun.

    They end by themselves when no part is left, and with the block, however it is left: what one
    was doing is undone, and done by who goes on. Should we be killed, they end after their part.
    """
    with ExitStack() as started:
        children = []
        for _ in range(count):
            children.append(started.enter_context(_helper(month)))
            started.callback(children[-1].terminate)
        yield
        lost = sorted({one.returncode for one in children if one.poll()})
        if lost:
            codes = ", ".join(str(code) for code in lost)
            complain(f"Helpers ended with {codes}; what they had begun was done by others.")


def _helper(month: date) -> subprocess.Popen[bytes]:
    command = ("settle_month", month_name(month), "--helping", str(getpid()))
    return subprocess.Popen(
        [sys.executable, "-m", "django", *command],
        cwd=CHECKOUT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        # Ctrl-C is for the command itself, which then ends them.
        start_new_session=True,
    )
