"""A changed, removed, inserted or reordered row is found and named."""

from datetime import datetime
from uuid import UUID

import pytest
from django.db import transaction
from django.db.backends.utils import CursorWrapper

from ledger.operations import open_months, post
from ledger.proofs.queries import finding_of
from ledger.seals.models import Leaf
from ledger.seals.operations import seal_committed
from ledger.seals.proofs import PROOFS
from tests.ledger.seals.tampering import as_owner, unguarded
from tests.ledger.worlds import a_holder_with, a_posting, coins, main_of

BY_FILE = tuple(proof for proof in PROOFS if proof.sql)
SIGNED = PROOFS[-1]
ALL = {"first": UUID(int=0), "last": UUID(int=(1 << 128) - 1)}
pytestmark = pytest.mark.quiet

STRANGER = UUID(int=0xABC)
THIRD = "(SELECT transaction_id FROM ledger_seal_leaf WHERE position = 2)"
OF_THIRD = f"WHERE id = {THIRD}"
# What was done, and how it is named; {third} is the id of the transaction at 2.
FAULTS = (
    (f"UPDATE ledger_transaction SET kind = 'expire' {OF_THIRD}", "{third} is not what was sealed"),
    (f"UPDATE ledger_transaction SET actor = 'x' {OF_THIRD}", "{third} is not what was sealed"),
    (f"UPDATE ledger_transaction SET metadata = '{{\"a\":1}}' {OF_THIRD}", "{third} is not what"),
    (f"UPDATE ledger_transaction SET at = at + interval '1 microsecond' {OF_THIRD}", "{third} is"),
    (f"UPDATE ledger_transaction SET month = '2026-12-01' {OF_THIRD}", "{third} is not what"),
    (f"UPDATE ledger_transaction SET reverses = gen_random_uuid() {OF_THIRD}", "{third} is not"),
    (f"UPDATE ledger_transaction SET legs_hash = '\\x00' {OF_THIRD}", "{third} is not what"),
    (f"UPDATE ledger_transaction SET epoch = 0 {OF_THIRD}", "{third} is not what was sealed at 2"),
    (f"UPDATE ledger_entry SET amount = 2 * amount WHERE transaction_id = {THIRD}", "{third} is"),
    (f"UPDATE ledger_entry SET balance_after = 0 WHERE transaction_id = {THIRD}", "{third} is"),
    (f"UPDATE ledger_entry SET version = 9 WHERE transaction_id = {THIRD}", "{third} is not what"),
    (f"UPDATE ledger_entry SET id = -id WHERE transaction_id = {THIRD}", "{third} is not what"),
    (
        "UPDATE ledger_entry SET account_id = (SELECT id FROM ledger_account WHERE address LIKE"
        " 'issuer/%%') WHERE amount > 0 AND transaction_id = " + THIRD,
        "{third} is not what was sealed",
    ),
    (f"DELETE FROM ledger_entry WHERE amount > 0 AND transaction_id = {THIRD}", "{third} is not"),
    (f"DELETE FROM ledger_entry WHERE transaction_id = {THIRD}", "{third} is not what was sealed"),
    (f"DELETE FROM ledger_transaction {OF_THIRD}", "{third}, sealed at 2, is gone"),
    (
        (
            "INSERT INTO ledger_entry (month, account_id, transaction_id, amount)"
            f" SELECT '2026-11-01', min(account_id::text)::uuid, {THIRD}, 5 FROM ledger_entry"
        ),
        "{third} is not what was sealed",
    ),
    (
        (
            "INSERT INTO ledger_transaction (id, kind, month, at, actor, metadata, legs_hash, epoch, xid)"
            f" SELECT '{STRANGER}', kind, month, at, actor, metadata, legs_hash, epoch, xid"
            " FROM ledger_transaction ORDER BY xid LIMIT 1"
        ),
        f"{STRANGER} was slipped in behind the seals",
    ),
    (
        (
            "UPDATE ledger_transaction t SET xid = (SELECT u.xid FROM ledger_transaction u ORDER BY"
            f" u.xid LIMIT 1) {OF_THIRD}"
        ),
        "{third} is not what was sealed",
    ),
    (
        "UPDATE ledger_seal_leaf SET transaction_id = gen_random_uuid() WHERE position = 2",
        "is gone",
    ),
    ("UPDATE ledger_seal_leaf SET position = 99 WHERE position = 2", "the leaf before 3 is gone"),
    ("DELETE FROM ledger_seal_leaf WHERE position = 4", "was slipped in behind the seals"),
    (
        "UPDATE ledger_seal_node SET hash = sha256('x') WHERE level = 1 AND place = 0",
        "level 1 does",
    ),
    ("DELETE FROM ledger_seal_node WHERE level = 2", "level 2 has not"),
    ("UPDATE ledger_seal_head SET root = sha256('x')", "size 5 has another root"),
    ("UPDATE ledger_seal_state SET size = 4", "level 0 has not"),
    ("UPDATE ledger_month SET root = sha256('x') WHERE month = '2026-11-01'", "month 2026-11"),
)


@pytest.fixture(autouse=True)
def _books(own_database: str, now: datetime) -> None:
    open_months(now=now)
    giver, taker = a_holder_with(50, at=now), a_holder_with(50, at=now)
    for _ in range(3):
        post(a_posting(*coins(5, main_of(giver), main_of(taker)), at=now))
    seal_committed(now=now)
    assert [finding_of(proof).broken for proof in PROOFS] == [0] * len(PROOFS)
    assert finding_of(BY_FILE[0]).examined == 5


def test_each_fault_is_found_and_named() -> None:
    third = Leaf.objects.get(position=2).transaction_id
    for sql, words in FAULTS:
        # Each in a database transaction of the owner's that is undone: one database serves all.
        with transaction.atomic(using="owner"), unguarded(), as_owner() as cursor:
            cursor.execute(sql, [])
            assert cursor.rowcount > 0, sql
            named = _named(cursor)
            transaction.set_rollback(True, using="owner")
        assert words.format(third=third) in named, sql
    assert [finding_of(proof).first_broken for proof in PROOFS] == [""] * len(PROOFS)


def _named(cursor: CursorWrapper) -> str:
    """Return what the proofs of the tree name broken, the first of each."""
    found = []
    for file, is_sliced in {proof.sql: proof.sliced for proof in BY_FILE}.items():
        assert file
        cursor.execute(file.read_text(), ALL if is_sliced else None)
        for *_, broken, first in cursor.fetchall():
            assert (broken > 0) == bool(first)
            found.append(first or "")
    return "\n".join(found)


def test_two_leaves_that_changed_places_are_found() -> None:
    third = Leaf.objects.get(position=2).transaction_id
    with unguarded(), as_owner() as cursor:
        for at, to in ((2, 99), (3, 2), (99, 3)):
            cursor.execute(
                "UPDATE ledger_seal_leaf SET position = %s WHERE position = %s", [to, at]
            )
            cursor.execute(
                "UPDATE ledger_seal_node SET place = %s WHERE level = 0 AND place = %s", [to, at]
            )
    found = [finding_of(proof).first_broken for proof in BY_FILE]
    assert f"transaction {third} stands out of order at 3" in found


def test_tree_made_anew_without_the_key_is_found() -> None:
    with unguarded(), as_owner() as cursor:
        cursor.execute("UPDATE ledger_seal_head SET at = at + interval '1 second'")
    assert all(finding_of(proof).is_clean for proof in BY_FILE)
    assert finding_of(SIGNED).first_broken == "the head of size 5 has a wrong signature"
