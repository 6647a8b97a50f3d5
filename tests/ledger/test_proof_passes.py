"""What several proofs read in one pass is judged claim by claim: no fault hides behind another sum."""

from datetime import datetime
from uuid import UUID

import pytest
from django.db import connections, transaction

from ledger.operations import open_months, post
from ledger.proofs.proofs import ACCOUNTS, PROOFS, TRANSACTIONS
from ledger.proofs.queries import finding_of
from ledger.rules import move
from tests.ledger.seals.tampering import as_owner, unguarded
from tests.ledger.worlds import a_holder_with, a_posting, coins, main_of

pytestmark = pytest.mark.own_database
EVERY = {"first": UUID(int=0), "last": UUID(int=(1 << 128) - 1)}
TRADED = UUID(int=0xACE)
OF_TRADED = f"WHERE transaction_id = '{TRADED}'"
DATA = "DATA-CT-2026-11"
HIGHEST = f"(SELECT max(id) FROM ledger_entry {OF_TRADED})"


@pytest.fixture(autouse=True)
def _books(own_database: str, now: datetime) -> None:
    open_months(now=now)
    giver, taker = main_of(a_holder_with(50, at=now)), main_of(a_holder_with(50, at=now))
    traded = coins(5, giver, taker) + move(asset=DATA, amount=5, source="system/sold", target=giver)
    post(a_posting(*traded, at=now, id=TRADED))
    assert [finding_of(proof).first_broken for proof in PROOFS] == [""] * len(PROOFS)


def broken_by(sql: str) -> set[str]:
    """Return which claims of both passes are broken by a change, which is undone."""
    with transaction.atomic(using="owner"), unguarded(), as_owner() as cursor:
        cursor.execute(sql, [])
        assert cursor.rowcount > 0
        found = []
        for file, parameters in ((TRANSACTIONS, EVERY), (ACCOUNTS, None)):
            cursor.execute(file.read_text(), parameters)
            found += cursor.fetchall()
        transaction.set_rollback(True, using="owner")
    assert all((broken > 0) == bool(first) for _, _, broken, first in found)
    return {name for name, _, broken, _ in found if broken}


def test_assets_that_make_up_for_each_other_are_found() -> None:
    """One coin too many and one megabyte too few sum to zero, but not in their assets."""
    change = (
        "UPDATE ledger_entry e SET amount = amount + CASE WHEN a.asset = 'COIN' THEN 1 ELSE -1 END"
        f" FROM ledger_account a WHERE a.id = e.account_id AND e.transaction_id = '{TRADED}'"
        " AND e.amount > 0"
    )
    assert {"transactions_balance", "assets_sum_to_zero", "legs_rehash"} <= broken_by(change)


def test_legs_out_of_their_order_are_the_same_legs() -> None:
    change = f"UPDATE ledger_entry SET id = 2 * {HIGHEST} - id {OF_TRADED}"
    assert broken_by(change) == set()


def test_another_leg_out_of_order_is_found() -> None:
    change = (
        f"UPDATE ledger_entry SET id = 2 * {HIGHEST} - id,"
        f" amount = 2 * amount, balance_after = balance_after + amount {OF_TRADED}"
    )
    assert "legs_rehash" in broken_by(change)
    assert "transactions_balance" not in broken_by(change)


def test_entries_of_an_account_that_is_gone_are_found() -> None:
    found = broken_by("DELETE FROM ledger_account WHERE kind = 'issuer'")
    assert {"assets_sum_to_zero", "transactions_balance"} <= found


def test_a_transaction_without_entries_and_entries_without_one_are_found() -> None:
    assert "transactions_balance" in broken_by(f"DELETE FROM ledger_entry {OF_TRADED}")
    gone = f"DELETE FROM ledger_transaction WHERE id = '{TRADED}'"
    assert broken_by(gone) == {"transactions_balance"}


def test_entries_of_another_month_are_found() -> None:
    change = f"UPDATE ledger_transaction SET month = '2026-12-01' WHERE id = '{TRADED}'"
    assert broken_by(change) == {"transactions_balance"}


def test_what_was_below_its_floor_for_one_entry_is_found() -> None:
    change = (
        "UPDATE ledger_entry SET balance_after = -1"
        f" WHERE id = (SELECT min(id) FROM ledger_entry {OF_TRADED} AND version = 2)"
    )
    assert broken_by(change) == {"bounds_hold", "chains_unbroken"}


def test_versions_of_what_keeps_none_are_found() -> None:
    change = (
        "UPDATE ledger_entry SET version = 1, balance_after = amount WHERE account_id ="
        " (SELECT id FROM ledger_account WHERE address = 'system/sold')"
    )
    assert broken_by(change) == {"chains_unbroken"}


def test_owner_is_back_on_clean_books() -> None:
    broken_by(f"DELETE FROM ledger_entry {OF_TRADED}")
    assert [finding_of(proof).broken for proof in PROOFS] == [0] * len(PROOFS)
    assert not connections["owner"].in_atomic_block
