"""Whoever asks a command wrongly is told so in one line, and the exit code is 2."""

import subprocess
import sys
from datetime import datetime
from pathlib import Path
from uuid import UUID

import psycopg
import pytest
from django.core.management import ManagementUtility, call_command, get_commands
from django.core.management.base import CommandError
from django.db import OperationalError

from config.command_line import OURS, CommandLine
from config.management.commands import demo
from ledger.refusals import BalanceTooLow, Refusal
from ledger.rules import SHANGHAI
from tests.house.sources import CHECKOUT

COMMANDS = sorted(name for name, app in get_commands().items() if app in OURS)
WRONG = [
    ("settle_month", "November"),
    ("settle_month", "2026-11", "--lines", "out.csv"),
    ("settle_month", "1999-01", "--dry-run"),
    ("ledger_check", "--digest", "November"),
    ("ledger_export", "November", "--format", "csv", "--out", "-"),
    ("ledger_receipt", str(UUID(int=7)), "--address", "system/sold"),
    ("ledger_seal_key",),
    ("exchange_verify", "November"),
    ("exchange_verify", "bok_x"),
    ("exchange_candles", "CT-1999-01"),
    ("exchange_replay", "/no/such/file"),
    ("import_usage", "/no/such/file"),
    ("verify_packet", "/no/such/file"),
    ("verify_packet", "pkt_x"),
    ("carrier_reconcile", "--carrier", "XX"),
    ("carrier_check", "nowhere", "--carrier", "CT", "--msisdn", "1", "--package", "p"),
    ("wind_down", "--call-off"),
    ("demo_sponsor",),
    ("demo_sponsor", "--sponsor", "hld_x"),
    ("migrate", "--database", "default"),
]


def run(*arguments: str) -> int:
    """Run a command as the command line does, and return its exit code."""
    with pytest.raises(SystemExit) as ended:
        CommandLine(["manage.py", *arguments]).execute()
    assert isinstance(ended.value.code, int)
    return ended.value.code


def test_these_are_all_of_ours() -> None:
    written = {
        path.stem
        for app in OURS
        for path in CHECKOUT.glob(f"{app}/management/commands/*.py")
        if path.stem != "__init__"
    }
    assert written == {*COMMANDS}


@pytest.mark.parametrize("command", COMMANDS)
def test_a_wrong_option_is_named_in_one_line(
    command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(command, "--no-such-option", "1", "2", "3", "4") == 2
    out, err = capsys.readouterr()
    assert (out, err.count("\n")) == ("", 1)
    assert err.startswith(f"manage.py {command}: ")


@pytest.mark.parametrize("command", COMMANDS)
def test_help_says_how_it_is_used(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(command, "--help") == 0
    assert "\noptions:\n" in capsys.readouterr().out


def test_a_command_nobody_has_is_named_in_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("setle_month") == 2
    assert capsys.readouterr().err == (
        "Unknown command: 'setle_month'. Did you mean settle_month? manage.py help lists them.\n"
    )
    assert run("nonsense") == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_djangos_own_commands_are_as_they_were(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("check", "--no-such-option") == 2
    assert capsys.readouterr().err.startswith("usage: manage.py check ")


@pytest.mark.django_db
@pytest.mark.parametrize("wrong", WRONG, ids=" ".join)
def test_what_cannot_be_done_is_said_in_one_line(wrong: tuple[str, ...]) -> None:
    with pytest.raises((CommandError, Refusal)) as told:
        call_command(*wrong)
    assert getattr(told.value, "returncode", 2) == 2
    assert len(str(told.value).splitlines()) == 1


@pytest.mark.parametrize("port", ["65536", "-1", "http", "٣"])
def test_a_port_there_is_not_is_refused_before_anything_is_done(
    port: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("demo", f"--port={port}") == 2
    assert f"{port} is no port" in capsys.readouterr().err


def _raising(error: Exception, monkeypatch: pytest.MonkeyPatch) -> None:
    def execute(self: ManagementUtility) -> None:
        raise error

    monkeypatch.setattr(ManagementUtility, "execute", execute)


def test_a_refusal_of_any_command_is_a_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    _raising(BalanceTooLow("1 coin asked, 0 available."), monkeypatch)
    assert run("settle_month", "2026-11") == 2
    assert capsys.readouterr().err == "settle_month: 1 coin asked, 0 available.\n"
    with pytest.raises(BalanceTooLow):
        CommandLine(["manage.py", "settle_month", "--traceback"]).execute()


def test_a_database_that_does_not_answer_is_a_line_and_its_other_errors_are_shown_whole(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    gone, deadlock = OperationalError("refused\nIs it running?"), OperationalError("deadlock")
    gone.__cause__, deadlock.__cause__ = (
        psycopg.OperationalError(),
        psycopg.errors.DeadlockDetected(),
    )
    _raising(gone, monkeypatch)
    assert run("ledger_check") == 1
    assert capsys.readouterr().err == (
        "ledger_check: The database does not answer: refused Is it running?\n"
    )
    _raising(deadlock, monkeypatch)
    with pytest.raises(OperationalError, match="deadlock"):
        CommandLine(["manage.py", "ledger_check"]).execute()


def test_manage_py_is_such_a_command_line() -> None:
    done = subprocess.run(
        [sys.executable, "manage.py", "exchange_replay", "--no-such-option", "x"],
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
        timeout=600,  # of a busy machine
        check=False,
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == (
        "manage.py exchange_replay: unrecognized arguments: --no-such-option (--help says more)\n"
    )


def test_no_demo_begins_that_could_not_close_its_month(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    early = datetime(2026, 12, 1, 0, 5, tzinfo=SHANGHAI)
    monkeypatch.setattr("django.utils.timezone.now", lambda: early)
    monkeypatch.setattr(demo, "home_of", lambda **_: tmp_path)
    monkeypatch.setattr(demo, "call_command", lambda *_, **__: None)
    with pytest.raises(CommandError, match="from 00:10 on") as told:
        call_command("demo", check=True)
    assert told.value.returncode == 2
