"""The command replays a log as its specification says, touching no database."""

import subprocess
import sys
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

CHECKOUT = Path(__file__).resolve().parents[3]
ORACLES = CHECKOUT.parent / "shared" / "oracles"
HEADER = "seq,command,order_id,side,price,quantity,time_in_force,group,phase\n"
PRINTED = "seq,report,order_id,counter_id,side,price,quantity,remaining,reason\n"
LOG = f"{HEADER}1,NEW,流,S,5,2,,me,\n2,NEW,b,B,5,1,,me,\n3,NEW,c,B,4,1,,,\n"

needs_oracles = pytest.mark.skipif(
    not ORACLES.is_dir(), reason="the oracles are not part of the project and not beside it"
)


@pytest.fixture
def log(tmp_path: Path) -> Path:
    path = tmp_path / "log.csv"
    path.write_text(LOG, encoding="utf-8")
    return path


def printed_by(*arguments: object) -> str:
    out = StringIO()
    call_command("exchange_replay", *map(str, arguments), stdout=out)
    return out.getvalue()


def test_reports_go_to_standard_output(log: Path) -> None:
    assert printed_by(log) == (
        f"{PRINTED}1,ACCEPTED,流,,S,5,2,2,\n2,ACCEPTED,b,,B,5,1,1,\n"
        "2,TRADE,b,流,B,5,1,0,\n3,ACCEPTED,c,,B,4,1,1,\n"
    )


def test_book_ends_with_the_levels_left(log: Path) -> None:
    assert printed_by(log, "--book").endswith("\n,BOOK,,,B,4,1,1,\n,BOOK,,,S,5,1,1,\n")


def test_stp_cancels_instead_of_a_self_trade(log: Path) -> None:
    assert "2,CANCELLED,流,,S,5,2,0,self_trade\n" in printed_by(log, "--stp", "cancel_maker")


def test_out_names_a_file(log: Path, tmp_path: Path) -> None:
    out = tmp_path / "reports.csv"
    assert not printed_by(log, "--out", out)
    assert out.read_bytes() == printed_by(log).encode()


def test_reference_breaks_an_uncross_s_last_tie(tmp_path: Path) -> None:
    log = tmp_path / "call.csv"
    log.write_text(
        f"{HEADER}1,PHASE,,,,,,,call\n2,NEW,b,B,9,1,,,\n3,NEW,s,S,5,1,,,\n4,UNCROSS,,,,,,,\n"
    )
    assert "4,UNCROSSED,,,,7,1,,\n" in printed_by(log)
    assert "4,UNCROSSED,,,,8,1,,\n" in printed_by(log, "--reference", "8")


@pytest.mark.parametrize("arguments", [["--reference", "0"], ["--reference", "x"], ["--stp", "x"]])
def test_a_bad_option_is_refused(log: Path, arguments: list[str]) -> None:
    with pytest.raises(CommandError):
        printed_by(log, *arguments)


def test_a_missing_file_ends_with_2(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="No such file") as caught:
        printed_by(tmp_path / "none.csv")
    assert caught.value.returncode == 2


def run(*arguments: str, log: str) -> subprocess.CompletedProcess[str]:
    """Run the command as an operator does, with no server's address given."""
    return subprocess.run(
        [sys.executable, "manage.py", "exchange_replay", *arguments],
        cwd=CHECKOUT,
        env={"PYTHONIOENCODING": "ascii"},
        input=log,
        encoding="utf-8",
        capture_output=True,
        check=False,
    )


def test_a_malformed_line_ends_with_2_and_its_number() -> None:
    done = run("-", "--book", log=f"{LOG}4,NEW,d,B,x,1,,,\n5,CANCEL,c,,,,,,\n")
    assert done.returncode == 2
    assert done.stderr.startswith("CommandError: line 5: ")
    assert done.stdout.splitlines()[-1] == "3,ACCEPTED,c,,B,4,1,1,"


def test_no_server_is_needed() -> None:
    done = run("-", log=LOG)
    assert (done.returncode, done.stderr) == (0, "")
    assert "1,ACCEPTED,流,,S,5,2,2,\n" in done.stdout


@needs_oracles
def test_public_order_flow_gives_the_reports_engines_agree_on(tmp_path: Path) -> None:
    out = tmp_path / "reports.csv"
    printed_by(ORACLES / "matching" / "flow.csv", "--out", out)
    assert out.read_bytes() == (ORACLES / "matching" / "reports.csv").read_bytes()


@needs_oracles
@pytest.mark.parametrize(
    "name,price,volume",
    [("maximum_volume", 46, 200), ("least_imbalance", 47, 150), ("buy_surplus_highest", 47, 150)],
)
def test_published_auctions(name: str, price: int, volume: int) -> None:
    printed = printed_by(ORACLES / "auctions" / f"{name}.csv").splitlines()
    [uncrossed] = [line for line in printed if ",UNCROSSED," in line]
    assert uncrossed.endswith(f",UNCROSSED,,,,{price},{volume},,")
    trades = [line.split(",") for line in printed if ",TRADE," in line]
    assert sum(int(cells[6]) for cells in trades) == volume
