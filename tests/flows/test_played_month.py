"""A small month end to end: played against real carriers, closed, killed, closed again."""

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.db import connections
from django.utils import timezone
from rich.progress import Progress

from config.demo.files import Material, sample_material
from config.demo.month import begin_this_month, load, play_month, settle
from config.demo.outside import carriers_running
from config.demo.plan import Counts
from config.demo.stage import Stage
from config.embedded.session import CHECKOUT
from exchange.orders.models import Trade
from exchange.settlement.operations import close_books
from ledger.models import Month
from ledger.months.queries import digest_of
from ledger.proofs.queries import findings
from ledger.rules import month_after, month_of, starts_at
from tests import servers
from tests.closing_time import when_it_may_close
from wallet.carriers.models import Instruction

pytestmark = pytest.mark.own_database

SEED = "a small month"
NUMBERS = 24
COUNTS = Counts(gifts=40, sells=30, buys=30, converts=15, delivers=10, take_backs=4, purchases=8)
KILLS = 3


@pytest.fixture
def month() -> date:
    now = timezone.now()
    if now < when_it_may_close(now):
        pytest.skip("The last month may not be closed before 00:10.")
    return month_after(month_of(now), -1)


@pytest.fixture
def quiet() -> Progress:
    return Progress(disable=True)


@pytest.fixture
def material(tmp_path: Path, month: date) -> Material:
    return sample_material(
        folder=tmp_path, month=month, seed=SEED, now=timezone.now(), numbers=NUMBERS
    )


@pytest.fixture
def played(
    own_database: str, tmp_path: Path, month: date, material: Material, quiet: Progress
) -> Iterator[Stage]:
    with carriers_running(folder=tmp_path, usage=material.network) as partner:
        stage = play_month(
            month=month,
            packages=material.packages,
            files=material.files,
            partner=partner,
            seed=SEED,
            bar=quiet,
            counts=COUNTS,
        )
        yield stage
        stage.close()


def _broken() -> list[str]:
    return [found.name for found in findings() if not found.is_clean]


def _settling(database: str, month: date) -> subprocess.Popen[bytes]:
    environment = {
        **os.environ,
        "DATABASE_URL": servers.application_url(database=database),
        "DJANGO_SETTINGS_MODULE": "config.settings",
    }
    command = [sys.executable, "manage.py", "settle_month", f"{month:%Y-%m}"]
    return subprocess.Popen(
        command, cwd=CHECKOUT, env=environment, stdout=subprocess.DEVNULL, start_new_session=True
    )


def test_month_is_played_closed_and_the_next_begun(
    own_database: str, played: Stage, month: date, material: Material, quiet: Progress
) -> None:
    lively = ("start_task", "prove", "deposit", "sell", "buy", "give", "claim", "convert")
    assert [deed for deed in lively if not played.done[deed]] == []
    assert Trade.objects.exists()
    assert _broken() == []
    ends = starts_at(month_after(month))
    sent = Instruction.objects.filter(submitted_at__lt=ends - timedelta(days=2))
    assert sent.exists()
    assert not sent.filter(state__in=Instruction.UNDECIDED).exists()
    for path in material.files.end:
        load(path, now=ends)
    close_books(month=month, now=played.now)
    connections.close_all()
    copy = f"{own_database}_copy"
    servers.make_database(name=copy, template=own_database)
    try:
        killed = _digest_of_a_killed_close(copy, month)
    finally:
        servers.drop_database(name=copy)
    settle(month=month, files=material.files, now=timezone.now(), bar=quiet)
    assert Month.objects.get(pk=month).state == Month.State.CLOSED
    assert digest_of(month) == killed
    assert _broken() == []
    begin_this_month(stage=played, files=material.files, now=timezone.now())
    assert _broken() == []


def _digest_of_a_killed_close(database: str, month: date) -> bytes:
    """Settle a month in processes that are killed at random, then in one that is not."""
    dice = random.Random(SEED)
    for _ in range(KILLS):
        settling = _settling(database, month)
        time.sleep(dice.uniform(1.0, 2.5))
        settling.send_signal(signal.SIGKILL)
        settling.wait()
    assert _settling(database, month).wait(600) == 0
    return _digest_in(database, month)


def _digest_in(database: str, month: date) -> bytes:
    environment = {
        **os.environ,
        "DATABASE_URL": servers.application_url(database=database),
        "DJANGO_SETTINGS_MODULE": "config.settings",
    }
    command = [sys.executable, "manage.py", "ledger_check", "--digest", f"{month:%Y-%m}"]
    told = subprocess.run(command, cwd=CHECKOUT, env=environment, check=True, capture_output=True)
    return bytes.fromhex(told.stdout.decode().split()[-1])
