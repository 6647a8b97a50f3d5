"""A client process: it posts what is planned, and keeps a log on disk of what was acknowledged."""

import os
import signal
from pathlib import Path

from django.db import InterfaceError, OperationalError

from ledger.operations import Outcome, post, post_batch
from tests.faults.killing.plan import Call, call_of

LOST_THE_SERVER = 3


def acknowledged(*, log: Path) -> int:
    """Return how many calls of this client were acknowledged; they are numbered from 0."""
    # A line half written is none: what it says was not known to be on disk.
    return log.read_bytes().count(b"\n") if log.exists() else 0


def run_client(*, client: int, seed: int, log: Path, goal: int | None) -> None:
    """Post on from the first call that was not acknowledged, until told to stop or the goal."""
    stopped: list[int] = []
    signal.signal(signal.SIGTERM, lambda number, _frame: stopped.append(number))
    number = acknowledged(log=log)
    with log.open("r+b" if log.exists() else "wb", buffering=0) as file:
        file.seek(0, os.SEEK_END)
        try:
            if number:  # what was acknowledged is there, and asked again moves nothing
                again = call_of(seed=seed, client=client, number=number - 1)
                assert not posted_now(again), f"Call {number - 1} of client {client} was lost."
            while not stopped and (goal is None or number < goal):
                posted_now(call_of(seed=seed, client=client, number=number))
                file.write(b"%d\n" % number)
                os.fsync(file.fileno())
                number += 1
        except (InterfaceError, OperationalError):
            os._exit(LOST_THE_SERVER)


def posted_now(call: Call) -> int:
    """Post, and return how many of the call's postings are new."""
    if len(call.postings) > 1:
        return len(post_batch(call.postings))
    return int(post(call.postings[0]) is Outcome.POSTED)
