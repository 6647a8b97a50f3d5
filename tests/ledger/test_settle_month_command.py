"""The command that settles a month has helpers, which end with it."""

import os
import subprocess
import sys
from datetime import datetime
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from ledger.management import workers
from ledger.management.commands import settle_month as command
from ledger.models import Month
from ledger.months.models import ClosePart
from ledger.months.operations import begin_close, has_parts_left
from tests import servers
from tests.ledger.toy_close import OCTOBER, Toy
from tests.waiting import WAIT_SECONDS_MAX

pytestmark = pytest.mark.own_database

SLEEPING = "import time; time.sleep(600)"


def _started(monkeypatch: pytest.MonkeyPatch, *, program: str) -> list[subprocess.Popen[bytes]]:
    """Have helpers run a program instead, and return them as they are started."""
    started: list[subprocess.Popen[bytes]] = []

    def start(month: object) -> subprocess.Popen[bytes]:
        started.append(subprocess.Popen([sys.executable, "-S", "-E", "-c", program]))
        return started[-1]

    monkeypatch.setattr(workers, "_helper", start)
    return started


def test_wrong_numbers_of_workers_are_refused_with_2_and_one_line(toy: Toy) -> None:
    wrong = (["0"], ["65"], ["two"], ["-1"], ["2", "--dry-run"])
    for options in wrong:
        with pytest.raises(CommandError, match="--workers") as refused:
            call_command("settle_month", "2026-10", "--workers", *options)
        assert refused.value.returncode == 2
        assert "\n" not in str(refused.value)
    assert Month.objects.get(pk=OCTOBER).state == Month.State.OPEN


def test_helpers_end_with_the_command(toy: Toy, monkeypatch: pytest.MonkeyPatch) -> None:
    started = _started(monkeypatch, program=SLEEPING)
    call_command("settle_month", "2026-10", "--workers", "3", stdout=StringIO())
    assert Month.objects.get(pk=OCTOBER).state == Month.State.CLOSED
    assert [one.returncode for one in started] == [-15, -15]
    call_command("settle_month", "2026-10", "--workers", "3", stdout=StringIO())
    assert len(started) == 2  # there was nothing left to help with


def test_an_interrupted_command_ends_its_helpers_and_says_so_in_one_line(
    toy: Toy, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(**_: object) -> None:
        raise KeyboardInterrupt

    started = _started(monkeypatch, program=SLEEPING)
    monkeypatch.setattr(command, "settle_month", interrupt)
    with pytest.raises(CommandError, match="Interrupted") as ended:
        call_command("settle_month", "2026-10", "--workers", "2")
    assert ended.value.returncode == 130
    assert [one.returncode for one in started] == [-15]


def test_a_helper_that_was_lost_is_told_of(toy: Toy, monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[str] = []
    started = _started(monkeypatch, program="raise SystemExit(3)")
    with workers.helpers(count=1, month=OCTOBER, complain=said.append):
        started[0].wait()
    assert said == ["Helpers ended with 3; what they had begun was done by others."]


def test_a_helper_runs_parts_and_leaves_the_end(toy: Toy, now: datetime) -> None:
    call_command("settle_month", "2026-10", "--helping", str(os.getppid()))
    assert not ClosePart.objects.exists()  # it begins nothing
    begin_close(month=OCTOBER, now=now)
    call_command("settle_month", "2026-10", "--helping", str(os.getpid()))  # of one that is gone
    assert not ClosePart.objects.filter(done_at__isnull=False).exists()
    call_command("settle_month", "2026-10", "--helping", str(os.getppid()))
    assert not ClosePart.objects.filter(done_at=None).exists()
    assert Month.objects.get(pk=OCTOBER).state == Month.State.CLOSING


def test_a_process_started_to_help_runs_parts_and_ends(
    own_database: str, october: datetime, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", servers.application_url(database=own_database))
    close = begin_close(month=OCTOBER, now=now)
    assert has_parts_left(close)
    with workers._helper(OCTOBER) as helper:
        assert helper.wait(WAIT_SECONDS_MAX) == 0
    assert not has_parts_left(close)
    assert Month.objects.get(pk=OCTOBER).state == Month.State.CLOSING
