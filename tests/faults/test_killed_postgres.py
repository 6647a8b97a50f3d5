"""PostgreSQL and its clients are killed in the middle of postings (`make kill`: 50 times)."""

import os
import subprocess
import sys

from config.embedded.session import CHECKOUT

KILLS = 3
SECONDS_MAX = 600  # of a busy machine


def test_nothing_is_lost_or_halved() -> None:
    # A program of its own: it forks clients, and its server is not the tests'.
    done = subprocess.run(
        [sys.executable, "-m", "tests.faults.killing", "--kills", str(KILLS)],
        cwd=CHECKOUT,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "config.settings"},
        capture_output=True,
        text=True,
        timeout=SECONDS_MAX,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "nothing lost, nothing halved" in done.stdout
