"""Closing balances are written by their function alone, once, and proved from the entries."""

from datetime import date, datetime, timedelta
from uuid import UUID

import pytest
from django.db import DatabaseError, connection

from ledger import registry
from ledger.months import operations as months
from ledger.months.models import ClosingBalance
from ledger.months.proofs import PROOFS
from ledger.operations import open_month, open_months, post, refusing
from ledger.proofs.queries import finding_of
from ledger.refusals import MonthClosed
from ledger.rules import month_after, starts_at
from tests.ledger.seals.tampering import as_owner
from tests.ledger.worlds import ISSUER, a_holder_with, a_posting, coins, main_of

pytestmark = [pytest.mark.own_database, pytest.mark.quiet]
OCTOBER, NOVEMBER = date(2026, 10, 1), date(2026, 11, 1)
(PROOF,) = [proof for proof in PROOFS if proof.name == "closing_recomputed"]
ALL = (UUID(int=0), UUID(int=(1 << 128) - 1))
FAULTS = (
    "UPDATE ledger_closingbalance SET balance = balance + 1 WHERE balance = 7",
    "DELETE FROM ledger_closingbalance WHERE balance = 7",
    (
        "INSERT INTO ledger_closingbalance (month, account_id, balance)"
        " VALUES ('2026-10-01', gen_random_uuid(), 5)"
    ),
    "UPDATE ledger_entry SET amount = 8 WHERE amount = 7",
)


@pytest.fixture(autouse=True)
def _closed(own_database: str, now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("_stages", "_blockers", "_freezers"):
        monkeypatch.setattr(registry, name, {})
    open_month(month=OCTOBER)
    open_months(now=now)
    a_holder_with(7, at=starts_at(OCTOBER) + timedelta(days=5))
    months.settle_month(month=OCTOBER, now=now)


def write(month: date) -> None:
    with refusing(), connection.cursor() as cursor:
        cursor.execute("SELECT ledger_write_closing_balances_v1(%s, %s, %s)", [month, *ALL])


def test_they_follow_from_month_to_month(now: datetime) -> None:
    holder = a_holder_with(3, at=now)
    post(a_posting(*coins(3, main_of(holder), ISSUER), at=now))
    months.settle_month(month=NOVEMBER, now=starts_at(month_after(NOVEMBER)) + timedelta(hours=1))
    kept = ClosingBalance.objects.order_by("month", "balance").values_list("month", "balance")
    assert list(kept) == [(month, coin) for month in (OCTOBER, NOVEMBER) for coin in (-7, 7)]
    finding = finding_of(PROOF)
    assert (finding.examined, finding.broken) == (5, 0)  # the emptied account was looked at, too


@pytest.mark.parametrize("month", [OCTOBER, NOVEMBER])
def test_only_a_closing_month_takes_them(month: date) -> None:
    with pytest.raises(MonthClosed):
        write(month)


def test_application_writes_none(now: datetime) -> None:
    for sql in (*FAULTS[:3], "TRUNCATE ledger_closingbalance"):
        with pytest.raises(DatabaseError, match="permission denied"):
            connection.cursor().execute(sql)
    for sql in (*FAULTS[:2], "TRUNCATE ledger_closingbalance"):
        with pytest.raises(DatabaseError, match="append-only"), as_owner() as cursor:
            cursor.execute(sql)


def test_written_too_early_they_stop_the_close() -> None:
    later = starts_at(month_after(NOVEMBER)) + timedelta(hours=1)
    months.begin_close(month=NOVEMBER, now=later)
    write(NOVEMBER)
    with pytest.raises(DatabaseError, match="closing_balance_once"):
        months.settle_month(month=NOVEMBER, now=later)


@pytest.mark.parametrize("fault", FAULTS)
def test_planted_fault_is_found_and_named(fault: str) -> None:
    assert finding_of(PROOF).first_broken == ""
    with as_owner() as cursor:
        for table in ("closingbalance", "entry"):
            cursor.execute(f"ALTER TABLE ledger_{table} DISABLE TRIGGER USER")
        cursor.execute(fault)
        assert cursor.rowcount == 1
    assert "closed 2026-10 with" in finding_of(PROOF).first_broken
