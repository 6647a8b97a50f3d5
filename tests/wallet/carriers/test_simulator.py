"""The simulator as a program: its command line, its state on disk, its faults, its manners."""

import signal
import sqlite3
import subprocess
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import date, timedelta
from fractions import Fraction
from pathlib import Path

import httpx
import pytest
from django.core.management import CommandError, call_command

from tests.wallet.carriers.simulators import (
    HEADER,
    MONTH,
    NUMBER,
    PACKAGE,
    SHORT,
    PlayedClock,
    a_process,
    a_simulator,
    an_adaptor,
    command,
    left_mb,
    speaking_to,
)
from wallet.carriers.adaptors import wire
from wallet.carriers.adaptors.contract import Outcome
from wallet.carriers.adaptors.tmf654 import Tmf654Adaptor
from wallet.carriers.simulator.faults import Faults

TODAY = date(2026, 11, 12)


def refused_start(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command(*arguments), capture_output=True, text=True, timeout=600, check=False
    )


def submit(adaptor: Tmf654Adaptor, *, ref: str, mb: int = 1, msisdn: str = NUMBER) -> Outcome:
    return adaptor.submit(ref=ref, msisdn=msisdn, mb=mb, month=MONTH).outcome


def test_a_killed_simulator_forgets_nothing(usage: Path, tmp_path: Path) -> None:
    state = ("--state", str(tmp_path / "ct.sqlite3"), "--usage", str(usage))
    with a_process(*state) as (process, url), speaking_to(url=url) as adaptor:
        assert submit(adaptor, ref="s1", mb=30) is Outcome.DELIVERED
        adaptor.deduct(ref="d1", msisdn=NUMBER, package=PACKAGE, month=MONTH, mb=500)
        process.kill()
    with a_process(*state) as (_, url), speaking_to(url=url) as adaptor:
        assert adaptor.status(ref="s1").outcome is Outcome.DELIVERED
        assert submit(adaptor, ref="s1", mb=30) is Outcome.DELIVERED
        assert (left_mb(adaptor), left_mb(adaptor, package="topup")) == (1000, 30)
        assert {line.ref for line in adaptor.statement(day=TODAY).lines} == {"s1", "d1"}


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_stops_cleanly_even_while_a_call_hangs(number: int) -> None:
    with a_process("--timeout-after-apply", "1", "--hang-ms", "60000") as (process, url):
        with speaking_to(url=url, limits=SHORT) as adaptor:
            assert submit(adaptor, ref="s1") is Outcome.UNKNOWN
        process.send_signal(number)
        assert process.wait(timeout=120) == 0
        assert process.stderr is not None
        assert process.stderr.read() == ""


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("--carrier", "CT"),
        ("--carrier", "../x", "--port", "0"),
        ("--carrier", "CT", "--port", "70000"),
        ("--carrier", "CT", "--port", "0", "--duplicate", "1.5"),
        ("--carrier", "CT", "--port", "0", "--error-500", "often"),
        ("--carrier", "CT", "--port", "0", "--latency-ms", "-1"),
        ("--carrier", "CT", "--port", "0", "--usage", "no/such/file.csv"),
        ("--carrier", "CT", "--port", "0", "--state", "no/such/folder/state"),
        ("--carrier", "CT", "--port", "0", "--state", __file__),
        ("--carrier", "CT", "--port", "0", "--host", "192.0.2.1"),
        ("--carrier", "CT", "--port", "0", "--surprise"),
    ],
)
def test_a_mistake_on_the_command_line_exits_2_with_one_line(arguments: tuple[str, ...]) -> None:
    done = refused_start(*arguments)
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert done.stdout == ""


@pytest.mark.parametrize(
    "line",
    [
        f"{NUMBER},CT,GD,2026-11,p,national,ten,0,2026-11-10,0",
        f"{NUMBER},CT,GD,2026-11,p,national,-1,0,2026-11-10,0",
        f"{NUMBER},CT,GD,2026-13,p,national,1,0,2026-11-10,0",
        f"{NUMBER},CT,GD,2026-11,p,national,1,0,someday,0",
        f"{NUMBER},CT,GD,2026-11,,national,1,0,2026-11-10,0",
        f"{NUMBER},CT,GD,2026-11,p,national,1,0",
        "189,CT,GD,2026-11,p,national,1,0,2026-11-10,0",
    ],
)
def test_a_bad_usage_line_is_named_by_its_number(tmp_path: Path, line: str) -> None:
    path = tmp_path / "usage.csv"
    path.write_text(f"{HEADER}{NUMBER},CT,GD,2026-11,p,national,9,0,2026-11-10,0\n{line}\n")
    arguments = ("--carrier", "CT", "--port", "0", "--usage", str(path))
    done = refused_start(*arguments)
    assert done.returncode == 2
    assert "line 3" in done.stderr


def test_a_file_with_a_bad_line_loads_nothing(tmp_path: Path) -> None:
    path, state = tmp_path / "usage.csv", str(tmp_path / "ct.sqlite3")
    path.write_text(f"{HEADER}{NUMBER},CT,GD,2026-11,p,national,9,0,2026-11-10,0\nbad\n")
    assert refused_start(
        *("--carrier", "CT", "--port", "0", "--state", state, "--usage", str(path))
    ).returncode
    with closing(sqlite3.connect(state)) as connection:
        assert connection.execute("SELECT count(*) FROM bucket").fetchone() == (0,)


def test_a_state_belongs_to_one_carrier(tmp_path: Path) -> None:
    state = str(tmp_path / "state.sqlite3")
    with a_simulator("--state", state, carrier="CT"):
        pass
    arguments = ("--carrier", "CM", "--port", "0", "--state", state)
    done = refused_start(*arguments)
    assert done.returncode == 2
    assert "another carrier" in done.stderr


def test_a_reloaded_usage_file_keeps_what_calls_moved(usage: Path, tmp_path: Path) -> None:
    state = ("--state", str(tmp_path / "ct.sqlite3"))
    with an_adaptor(*state, usage=usage) as adaptor:
        adaptor.deduct(ref="d1", msisdn=NUMBER, package=PACKAGE, month=MONTH, mb=100)
    later = tmp_path / "later.csv"
    later.write_text(
        f"{HEADER}{NUMBER},CT,GD,2026-11,{PACKAGE},national,2048,1048,2026-11-12,0\n"
        f"{NUMBER},CT,GD,2026-11,{PACKAGE},national,2048,0,2026-11-01,0\n"
    )
    with an_adaptor(*state, usage=later) as adaptor:
        assert left_mb(adaptor) == 2048 - 1048 - 100


def test_concurrent_calls_under_one_reference_move_once(usage: Path) -> None:
    with an_adaptor(usage=usage) as adaptor, ThreadPoolExecutor(16) as pool:
        said = list(pool.map(lambda _: submit(adaptor, ref="s1", mb=5), range(64)))
        assert set(said) == {Outcome.DELIVERED}
        assert left_mb(adaptor, package="topup") == 5


def test_concurrent_deducts_never_take_more_than_there_is(usage: Path) -> None:
    with an_adaptor(usage=usage) as adaptor, ThreadPoolExecutor(16) as pool:
        answers = pool.map(
            lambda n: adaptor.deduct(
                ref=f"d{n}", msisdn=NUMBER, package=PACKAGE, month=MONTH, mb=100
            ),
            range(32),
        )
        outcomes = [answer.outcome for answer in answers]
        assert outcomes.count(Outcome.DELIVERED) == 15
        assert outcomes.count(Outcome.FAILED) == 17
        assert left_mb(adaptor) == 0


def test_the_same_seed_goes_wrong_at_the_same_calls(usage: Path) -> None:
    def played(*, seed: int, workers: int) -> Mapping[str, str]:
        faults = ("--error-500", "0.2", "--duplicate", "0.2", "--seed", str(seed))
        with an_adaptor(*faults, usage=usage) as adaptor, ThreadPoolExecutor(workers) as pool:
            refs = [f"s{n}" for n in range(60)]
            answers = pool.map(
                lambda ref: adaptor.submit(ref=ref, msisdn=NUMBER, mb=1, month=MONTH), refs
            )
            return {answer.ref: answer.reason for answer in answers}

    assert played(seed=1, workers=1) == played(seed=1, workers=8)
    assert played(seed=1, workers=1) != played(seed=2, workers=1)


def test_a_rate_is_a_share_of_calls() -> None:
    faults = Faults(seed=5, duplicate=Fraction("0.05"))
    struck = sum(
        faults.strikes(fault="duplicate", subject=f"s{n}", attempt=1) for n in range(10_000)
    )
    assert 400 < struck < 600


def test_without_a_demo_clock_a_played_time_is_refused() -> None:
    with a_process() as (_, url), speaking_to(url=url) as adaptor:
        assert adaptor.status(ref="s1").reason == "not_found"
    played = {wire.SIMULATED_NOW_HEADER: "2026-11-12T12:00:00+08:00"}
    with subprocess.Popen(
        command("--carrier", "CT", "--port", "0"), stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        address = process.stdout.readline().strip() + wire.BASE_PATH + "/bucket"
        query = {"logicalResource.id": NUMBER}
        assert httpx.get(address, params=query).status_code == 200
        refused = httpx.get(address, params=query, headers=played)
        process.terminate()
    assert (refused.status_code, refused.json()["code"]) == (400, "clock_not_simulated")


def test_a_processing_action_ends_after_a_restart(usage: Path, tmp_path: Path) -> None:
    state = ("--state", str(tmp_path / "ct.sqlite3"), "--processing-ms", "1000")
    clock = PlayedClock()
    with an_adaptor(*state, usage=usage, clock=clock) as adaptor:
        assert submit(adaptor, ref="s1") is Outcome.PROCESSING
    clock.at += timedelta(seconds=1)
    with an_adaptor(*state, usage=usage, clock=clock) as adaptor:
        assert adaptor.status(ref="s1").outcome is Outcome.DELIVERED


def test_the_state_is_an_ordinary_sqlite_file(usage: Path, tmp_path: Path) -> None:
    path = tmp_path / "ct.sqlite3"
    with an_adaptor("--state", str(path), usage=usage) as adaptor:
        submit(adaptor, ref="s1")
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("SELECT ref FROM line").fetchall() == [("s1",)]


def test_the_management_command_says_what_it_cannot_use() -> None:
    with pytest.raises(CommandError, match="nowhere") as refused:
        call_command("carrier_simulator", carrier="CT", port=0, usage=Path("nowhere"))
    assert refused.value.returncode == 2
