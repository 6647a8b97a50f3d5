"""Processor time, which other work on the machine changes less than the clock's."""

import os
from contextlib import suppress
from pathlib import Path

from django.db import connection

TICKS = os.sysconf("SC_CLK_TCK")


def of_server() -> float:
    """Return the processor seconds of the tests' PostgreSQL: all its processes, ended ones as well."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        backend = cursor.fetchone()[0]
    postmaster = _stat(backend)[1]
    folder = Path(f"/proc/{postmaster}/task/{postmaster}/children")
    living = [int(child) for child in folder.read_text().split()]
    ticks = sum(_stat(postmaster)[11:15])
    for child in living:
        with suppress(FileNotFoundError):  # it has just ended
            ticks += sum(_stat(child)[11:13])
    return ticks / TICKS


def _stat(process: int) -> list[int]:
    """Return the numbers of a process from its state on: its parent is second."""
    text = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return [0, *(int(field) for field in text[1:])]
