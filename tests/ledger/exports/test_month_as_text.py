"""bean-check and hledger accept a month's export, and refuse it when one amount is altered."""

import csv
import re
import shutil
import subprocess
import sys
from collections import Counter
from dataclasses import replace
from datetime import date, datetime, timedelta
from io import StringIO
from pathlib import Path
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command

from ledger import registry
from ledger.exports.rules import Account
from ledger.exports.rules.beancount import commodity_of, name_of
from ledger.months.operations import settle_month
from ledger.operations import open_month, open_months, post
from ledger.rules import move, starts_at
from tests.ledger.worlds import a_holder_with, a_posting, coins, main_of

OCTOBER, NOVEMBER = date(2026, 10, 1), date(2026, 11, 1)
DIRECT = "DIRECT-longvideos-CT-2026-11"
BEAN_CHECK = Path(sys.executable).with_name("bean-check")


def _checked(form: str, file: Path) -> subprocess.CompletedProcess[str]:
    programs = {
        "beancount": [str(BEAN_CHECK), "--no-cache", str(file)],
        "hledger": ["hledger", "--file", str(file), "check", "--strict"],
    }
    if form == "hledger" and not shutil.which("hledger"):
        pytest.skip("hledger is not installed here")
    return subprocess.run(programs[form], capture_output=True, text=True, check=False)


@pytest.fixture
def books(own_database: str, now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "_stages", {})
    monkeypatch.setattr(registry, "_blockers", {})
    monkeypatch.setattr(registry, "_freezers", {})
    open_month(month=OCTOBER)
    open_months(now=now)
    october = starts_at(OCTOBER) + timedelta(days=3)
    giver, taker = a_holder_with(50, at=october), a_holder_with(7, at=now)
    line = f"line/{uuid4()}/_all-net_4g"
    post(
        a_posting(
            *move(asset="SURPLUS-CT-2026-11", amount=9, source="carrier/CT/deposited", target=line),
            *move(asset=DIRECT, amount=5, source="system/sold", target=main_of(giver)),
            at=october,
        )
    )
    gift = a_posting(*coins(20, main_of(giver), main_of(taker)), at=now)
    post(gift)
    back = coins(20, main_of(taker), main_of(giver))
    undone = a_posting(*back, at=now, reverses=gift.id)
    post(replace(undone, actor='the "judge", \\ one; two'))
    late = a_posting(*coins(20, main_of(giver), "issuer/CT"), at=now)
    post(replace(late, month=OCTOBER))
    settle_month(month=OCTOBER, now=now)


def _exported(form: str, file: Path, month: str) -> Path:
    call_command("ledger_export", month, "--format", form, "--out", str(file))
    return file


@pytest.mark.parametrize("month", ["2026-10", "2026-11", "2026-12"])
@pytest.mark.parametrize("form", ["beancount", "hledger"])
def test_program_accepts_the_export(books: None, tmp_path: Path, form: str, month: str) -> None:
    file = _exported(form, tmp_path / "books", month)
    checked = _checked(form, file)
    assert (checked.returncode, checked.stdout, checked.stderr) == (0, "", "")
    assert "SURPLUS-CT-2026-11" in file.read_text()
    assert [entry.name for entry in tmp_path.iterdir()] == ["books"]


@pytest.mark.parametrize("form", ["beancount", "hledger"])
def test_program_refuses_any_altered_amount(books: None, tmp_path: Path, form: str) -> None:
    text = _exported(form, tmp_path / "books", "2026-11").read_text()
    amounts = list(re.finditer(r"(?<=  )-?\d+(?= [\"A-Z])|(?<== )\d+", text))
    kinds = Counter(text[amount.start() - 2 : amount.start()] for amount in amounts)
    assert sum(kinds.values()) > 15
    for at, amount in enumerate(amounts):
        altered = tmp_path / f"altered{at}"
        value = str(int(amount.group()) + 1)
        altered.write_text(text[: amount.start()] + value + text[amount.end() :])
        assert _checked(form, altered).returncode != 0, altered.read_text()


def test_table_adds_up(books: None) -> None:
    out = StringIO()
    call_command("ledger_export", "2026-11", "--format", "csv", "--out", "-", stdout=out)
    rows = list(csv.DictReader(StringIO(out.getvalue())))
    sums: Counter[tuple[str, str]] = Counter()
    ends: Counter[tuple[str, str]] = Counter()
    for row in rows:
        into = ends if row["row"] == "closing" else sums
        into[row["address"], row["asset"]] += int(row["amount"])
    assert sums == ends
    assert {row["row"] for row in rows} == {"opening", "entry", "closing"}
    assert {row["date"][:7] for row in rows if row["row"] == "entry"} == {"2026-11"}


@pytest.mark.parametrize("month", ["November", "2026-13", "2031-01"])
def test_wrong_month_exits_2_with_one_line(books: None, tmp_path: Path, month: str) -> None:
    with pytest.raises(CommandError) as refused:
        _exported("csv", tmp_path / "books", month)
    assert refused.value.returncode == 2
    assert "\n" not in str(refused.value)
    assert list(tmp_path.iterdir()) == []


def test_file_that_cannot_be_written_exits_2(books: None, tmp_path: Path) -> None:
    with pytest.raises(CommandError) as refused:
        _exported("csv", tmp_path / "nowhere" / "books", "2026-11")
    assert refused.value.returncode == 2


def test_long_names_of_assets_are_cut_to_what_beancount_2_takes() -> None:
    assert commodity_of("DATA-CT-2026-11") == "DATA-CT-2026-11"
    cut = commodity_of(DIRECT)
    assert re.fullmatch(r"[A-Z][A-Z0-9'._-]{0,22}[A-Z0-9]", cut)
    assert cut != commodity_of(DIRECT.replace("videos", "videoz"))


def test_addresses_keep_names_of_their_own_in_beancount() -> None:
    parts = ("a_b", "aub", "_ab", "-ab", "ab", "x_b", "x-b", "xub", "XU", "XX", "__", "_")
    names = {name_of(Account(f"line/{part}", "COIN", True, False)) for part in parts}
    assert len(names) == len(parts)
    assert all(re.fullmatch(r"Assets(:[A-Z0-9][A-Za-z0-9-]*)+", name) for name in names)
