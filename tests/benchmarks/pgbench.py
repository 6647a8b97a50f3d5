"""PostgreSQL's own benchmark program, against the tests' server."""

import os
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest
from psycopg.conninfo import conninfo_to_dict

from config.embedded.postgres import binaries_folder
from tests import servers
from tests.benchmarks.books import SECONDS

CLIENTS = 8
TPCB_SCALE = 20
VARIABLES = {
    "host": "PGHOST",
    "port": "PGPORT",
    "user": "PGUSER",
    "password": "PGPASSWORD",
    "dbname": "PGDATABASE",
}


def program() -> str:
    """Return the path of pgbench, or skip where the machine has none."""
    beside = binaries_folder(home=Path(os.environ[servers.HOME_VARIABLE])) / "pgbench"
    found = str(beside) if beside.exists() else shutil.which("pgbench")
    if not found:
        pytest.skip("There is no pgbench on this machine.")
    return found


def make_tpcb(*, url: str) -> None:
    """Fill the tables of TPC-B."""
    _run(url, "-i", "-q", "-s", str(TPCB_SCALE))


def rate_of_tpcb(*, url: str) -> float:
    """Return the TPC-B transactions a second of 8 clients."""
    return _rate(_run(url, "-n", *_load()))


def rate_of(*, script: str, url: str) -> float:
    """Return how often a second 8 clients run a script."""
    with tempfile.NamedTemporaryFile("w", suffix=".sql") as file:
        file.write(script)
        file.flush()
        return _rate(_run(url, "-n", "-f", file.name, *_load()))


def _load() -> list[str]:
    return ["-c", str(CLIENTS), "-j", "2", "-M", "prepared", "-T", str(SECONDS)]


def _run(url: str, *arguments: str) -> str:
    known = conninfo_to_dict(url)
    where = {VARIABLES[name]: str(value) for name, value in known.items() if name in VARIABLES}
    done = subprocess.run(
        [program(), *arguments],
        check=False,
        capture_output=True,
        text=True,
        env={**os.environ, **where},
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def _rate(said: str) -> float:
    found = re.search(r"tps = ([0-9.]+)", said)
    assert found, said
    return float(found[1])
