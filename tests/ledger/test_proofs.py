"""Each proof of the ledger is clean on clean books, and finds the fault planted for it."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connections

from ledger import registry
from ledger.operations import open_months, post
from ledger.proofs.proofs import PROOFS
from ledger.proofs.queries import finding_of, findings
from ledger.registry import Proof
from tests.ledger.worlds import a_holder_with, a_posting, coins, main_of

FAULTS = {
    "assets_sum_to_zero": "UPDATE ledger_entry SET amount = amount + 1 WHERE amount > 0",
    "transactions_balance": "DELETE FROM ledger_entry WHERE id = (SELECT max(id) FROM ledger_entry)",
    "balances_equal_entries": "UPDATE ledger_balance_row SET balance = balance + 1",
    "chains_unbroken": "UPDATE ledger_entry SET balance_after = balance_after + 1"
    " WHERE version = 1",
    "bounds_hold": "UPDATE ledger_balance_row SET floor = -100",
    "legs_rehash": "UPDATE ledger_transaction SET legs_hash = '\\x00'",
    "people_hold_no_money": "UPDATE ledger_account SET tracked = false WHERE kind = 'holder main'",
}


@pytest.fixture(autouse=True)
def _books(own_database: str, now: datetime) -> None:
    open_months(now=now)
    giver, taker = a_holder_with(50, at=now), a_holder_with(50, at=now)
    post(a_posting(*coins(20, main_of(giver), main_of(taker)), at=now))


@contextmanager
def unguarded() -> Iterator[None]:
    """Lift the append-only triggers, as only somebody who owns the tables could."""
    tables = ("entry", "transaction", "account", "balance_row", "stripe")
    with connections["owner"].cursor() as cursor:
        for table in tables:
            cursor.execute(f"ALTER TABLE public.ledger_{table} DISABLE TRIGGER USER")
        yield
        for table in tables:
            cursor.execute(f"ALTER TABLE public.ledger_{table} ENABLE TRIGGER USER")


def test_clean_books_are_found_clean() -> None:
    found = [finding_of(proof) for proof in PROOFS]
    assert [finding.name for finding in found if not finding.is_clean] == []
    assert all(finding.examined for finding in found)


def test_jobs_find_what_one_finds() -> None:
    one, three = list(findings(jobs=1)), list(findings(jobs=3))
    assert [(f.name, f.examined, f.broken) for f in one] == [
        (f.name, f.examined, f.broken) for f in three
    ]


def test_jobs_see_one_snapshot(tmp_path: Path) -> None:
    slow = tmp_path / "slow.sql"
    slow.write_text("SELECT 1::bigint, 0::bigint, NULL FROM pg_sleep(1)")
    keeping_both_busy = [Proof(name=f"slow {place}", title="", sql=slow) for place in range(2)]
    at_once = Proof(name="at once", title="", examine=lambda: (1, 0, None))
    registered = registry.proofs()
    registry._proofs.clear()
    registry.register_proofs([at_once, *keeping_both_busy, *registered])
    found = findings(jobs=2)
    assert next(found).name == "at once"
    with unguarded(), connections["owner"].cursor() as cursor:
        cursor.execute(FAULTS["balances_equal_entries"])
    assert [finding.name for finding in found if not finding.is_clean] == []
    assert not all(finding.is_clean for finding in findings(jobs=2))


def test_jobs_find_a_fault_in_every_slice() -> None:
    with unguarded(), connections["owner"].cursor() as cursor:
        cursor.execute("SELECT id FROM ledger_transaction ORDER BY id")
        ids = [row[0] for row in cursor.fetchall()]
        cursor.execute(FAULTS["legs_rehash"])
    broken = {finding.name: finding for finding in findings(jobs=2)}["legs_rehash"]
    assert broken.broken == len(ids) == 3
    assert str(ids[0]) in broken.first_broken


@pytest.mark.parametrize("proof", PROOFS, ids=lambda proof: proof.name)
def test_planted_fault_is_found_and_named(proof: Proof) -> None:
    with unguarded(), connections["owner"].cursor() as cursor:
        cursor.execute(FAULTS[proof.name])
        assert cursor.rowcount > 0
    finding = finding_of(proof)
    assert not finding.is_clean
    assert finding.first_broken


def test_command_exits_1_and_names_the_line() -> None:
    out, err = StringIO(), StringIO()
    call_command("ledger_check", stdout=out, stderr=err)
    assert "BROKEN" not in out.getvalue()
    with unguarded(), connections["owner"].cursor() as cursor:
        cursor.execute(FAULTS["balances_equal_entries"])
    with pytest.raises(SystemExit) as ended:
        call_command("ledger_check", stdout=out, stderr=err)
    assert ended.value.code == 1
    assert "BROKEN Every balance equals its entries" in out.getvalue()


def test_command_prints_json_lines() -> None:
    out = StringIO()
    call_command("ledger_check", "--json", stdout=out)
    lines = [json.loads(line) for line in out.getvalue().splitlines()]
    assert {"assets_sum_to_zero", "legs_rehash"} <= {line["name"] for line in lines}
    assert all(line["broken"] == 0 for line in lines)


def test_wrong_month_is_refused_with_2() -> None:
    with pytest.raises(CommandError) as refused:
        call_command("ledger_check", "--digest", "2026-13")
    assert refused.value.returncode == 2
