"""C11: `carrier_check URL` tries the adaptor's contract and says pass or fail of each rule."""

from io import StringIO
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from tests.wallet.carriers.simulators import HEADER, a_simulator
from wallet.carriers.adaptors import trial
from wallet.carriers.adaptors.contract import Answer, Outcome
from wallet.carriers.adaptors.tmf654 import Tmf654Adaptor
from wallet.carriers.adaptors.trial_rules import RULES

NUMBERS = {"CT": "18900000001", "CU": "13000000001", "CM": "13800000001", "MV": "17000000001"}
PACKAGE = "4g-50"
# Faults are drawn by reference, and references by the trial's id. With this one, each fault strikes
# the first submit, and a 500 comes after the carrier has done its work.
STRUCK_AT_SUBMIT = UUID("00000000-2ff9-4000-8000-000000000000")


@pytest.fixture
def usage(tmp_path: Path) -> Path:
    month = f"{timezone.localtime():%Y-%m}"
    lines = [
        f"{msisdn},{carrier},GD,{month},{PACKAGE},national,2048,548,{month}-01,0\n"
        for carrier, msisdn in NUMBERS.items()
    ]
    path = tmp_path / "usage.csv"
    path.write_text(HEADER + "".join(lines))
    return path


def check(url: str, carrier: str = "CT") -> tuple[int, str]:
    """Run the command, and return its exit code and what it printed."""
    printed = StringIO()
    named = ["--carrier", carrier, "--msisdn", NUMBERS[carrier], "--package", PACKAGE]
    try:
        call_command("carrier_check", url, *named, stdout=printed, stderr=StringIO())
    except SystemExit as ended:
        return int(str(ended.code)), printed.getvalue()
    return 0, printed.getvalue()


@pytest.mark.parametrize("carrier", NUMBERS)
def test_the_simulator_and_the_tmf654_adaptor_keep_every_rule(usage: Path, carrier: str) -> None:
    with a_simulator("--usage", str(usage), "--latency-ms", "20", carrier=carrier) as url:
        code, printed = check(url, carrier)
    assert code == 0, printed
    assert printed.count("pass  ") == len(RULES)


@pytest.mark.parametrize("fault", ["--timeout-after-apply", "--duplicate", "--error-500"])
def test_a_carrier_with_faults_still_keeps_the_contract(
    monkeypatch: pytest.MonkeyPatch, usage: Path, fault: str
) -> None:
    monkeypatch.setattr(trial, "uuid4", lambda: STRUCK_AT_SUBMIT)
    with a_simulator("--usage", str(usage), fault, "0.2", "--hang-ms", "100", "--seed", "3") as url:
        code, printed = check(url)
    assert code in {0, 1}
    for rule in ("submits_once_by_reference", "survives_a_lost_answer"):
        assert f"FAIL  {rule}" not in printed, printed


def broken_by(monkeypatch: pytest.MonkeyPatch, usage: Path, **wrong: Any) -> list[str]:
    """Return which rules fail against a carrier that does something wrong."""
    for name, method in wrong.items():
        monkeypatch.setattr(Tmf654Adaptor, name, method)
    with a_simulator("--usage", str(usage), "--latency-ms", "20") as url:
        code, printed = check(url)
    assert code == 1
    return [line.split()[1] for line in printed.splitlines() if line.startswith("FAIL")]


def test_a_carrier_that_delivers_every_submit_is_named(
    monkeypatch: pytest.MonkeyPatch, usage: Path
) -> None:
    submit, sent = Tmf654Adaptor.submit, iter(range(100))

    def anew(self: Tmf654Adaptor, *, ref: str, **order: Any) -> Answer:
        return submit(self, ref=f"{ref}-{next(sent)}", **order)

    assert "submits_once_by_reference" in broken_by(monkeypatch, usage, submit=anew)


def test_a_carrier_that_calls_the_unknown_failed_is_named(
    monkeypatch: pytest.MonkeyPatch, usage: Path
) -> None:
    status = Tmf654Adaptor.status

    def sure(self: Tmf654Adaptor, *, ref: str) -> Answer:
        found = status(self, ref=ref)
        unknown = found.outcome == Outcome.UNKNOWN
        return Answer(ref=ref, outcome=Outcome.FAILED) if unknown else found

    assert "tells_statuses" in broken_by(monkeypatch, usage, status=sure)


def test_a_carrier_that_does_not_sell_fails_what_it_does_not_do(usage: Path) -> None:
    with a_simulator("--usage", str(usage), "--does-not-sell", "--latency-ms", "20") as url:
        code, printed = check(url)
    assert code == 1
    assert "FAIL  submits_once_by_reference" in printed
    assert "pass  deducts_and_restores" in printed


@pytest.mark.parametrize(
    ("url", "msisdn"), [("http://127.0.0.1:1", "18900000001"), ("http://127.0.0.1:1", "12")]
)
def test_what_cannot_be_tried_is_one_line(url: str, msisdn: str) -> None:
    with pytest.raises(CommandError) as refused:
        call_command(
            "carrier_check", url, "--carrier", "CT", "--msisdn", msisdn, "--package", PACKAGE
        )
    assert refused.value.returncode == 2
    assert "\n" not in str(refused.value)
