"""What is cut, when, and that nothing is passed over."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from uuid import UUID

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection, connections, transaction

from ledger.checkpoints.operations import cut_checkpoints
from ledger.checkpoints.proofs import PROOFS
from ledger.checkpoints.tasks import cut
from ledger.operations import open_months, post_batch
from ledger.proofs.queries import finding_of
from ledger.queries import coins_in
from ledger.refusals import WrongIsolation
from ledger.rules import COIN, account_id
from tests.ledger.seals.tampering import as_owner
from tests.ledger.worlds import ISSUER, a_holder_with, a_posting, coins, main_of
from tests.waiting import WAIT_SECONDS_MAX

pytestmark = [pytest.mark.own_database, pytest.mark.quiet]
SIZE = 512


@pytest.fixture(autouse=True)
def _months(own_database: str, now: datetime) -> None:
    open_months(now=now)


def issue(count: int, *, to: UUID, at: datetime) -> None:
    """Issue that many single coins, each in a transaction of its own."""
    post_batch([a_posting(*coins(1, ISSUER, main_of(to)), at=at) for _ in range(count)])


def checkpoints_of(address: str) -> list[tuple[int, int]]:
    """Return the last entry and the total of each checkpoint of an account's coins."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT last_id, total FROM ledger_checkpoint WHERE account_id = %s ORDER BY last_id",
            [account_id(address=address, asset=COIN)],
        )
        return [(last_id, total) for last_id, total in cursor.fetchall()]


def assert_recomputed() -> None:
    assert finding_of(PROOFS[0]).first_broken == ""


@contextmanager
def posted_and_waiting(*, to: UUID, at: datetime) -> Iterator[threading.Event]:
    """Post in another thread that commits only when the event it yields is set."""
    posted, go_on = threading.Event(), threading.Event()

    def slow() -> None:
        with transaction.atomic():
            issue(3, to=to, at=at)
            posted.set()
            assert go_on.wait(WAIT_SECONDS_MAX)
        connections.close_all()

    thread = threading.Thread(target=slow)
    thread.start()
    assert posted.wait(WAIT_SECONDS_MAX)
    try:
        yield go_on
    finally:
        go_on.set()
        thread.join()


def test_whole_checkpoints_are_cut_once(now: datetime) -> None:
    holder = a_holder_with(5, at=now)
    issue(2 * SIZE, to=holder, at=now)
    assert cut_checkpoints() == 4
    (_, first), (_, second) = checkpoints_of(ISSUER)
    assert (first, second) == (-5 - (SIZE - 1), -5 - (2 * SIZE - 1))
    assert [total for _, total in checkpoints_of(main_of(holder))] == [-first, -second]
    assert cut_checkpoints() == 0
    issue(SIZE, to=a_holder_with(1, at=now), at=now)
    cut.run()
    assert len(checkpoints_of(ISSUER)) == 3
    assert len(checkpoints_of(main_of(holder))) == 2
    assert coins_in(ISSUER) == -(5 + 2 * SIZE + 1 + SIZE)
    assert_recomputed()


def test_what_commits_late_is_in_the_checkpoint_it_was_posted_for(now: datetime) -> None:
    early, late = a_holder_with(1, at=now), a_holder_with(1, at=now)
    issue(SIZE - 10, to=early, at=now)
    with posted_and_waiting(to=late, at=now) as go_on:
        issue(SIZE, to=early, at=now)
        # All but the three are there to be seen, and those three have lower ids.
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT max(id), sum(amount) FROM (SELECT id, amount FROM ledger_entry"
                " WHERE account_id = %s ORDER BY id LIMIT %s) AS first_seen",
                [account_id(address=ISSUER, asset=COIN), SIZE],
            )
            naive_id, naive_total = cursor.fetchone()
        assert cut_checkpoints() == 0
        assert checkpoints_of(ISSUER) == []
        assert coins_in(ISSUER) == -(2 + 2 * SIZE - 10)
        go_on.set()
    assert cut_checkpoints() > 0
    (last_id, total), *_ = checkpoints_of(ISSUER)
    assert coins_in(ISSUER) == -(2 + 2 * SIZE - 10 + 3)
    assert_recomputed()
    # A cut at the highest id seen would have summed 512 entries that are not the first 512.
    assert last_id < naive_id
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT sum(amount) FROM ledger_entry WHERE account_id = %s AND id <= %s",
            [account_id(address=ISSUER, asset=COIN), naive_id],
        )
        assert cursor.fetchone()[0] == naive_total - 3
    assert total == naive_total


def test_a_horizon_that_is_waited_for_is_not_replaced(now: datetime) -> None:
    holder = a_holder_with(1, at=now)
    issue(SIZE, to=holder, at=now)
    with posted_and_waiting(to=a_holder_with(1, at=now), at=now):
        assert cut_checkpoints() == 0
        taken = state()
        issue(5, to=holder, at=now)
        assert cut_checkpoints() == 0
        assert state() == taken
    assert cut_checkpoints() == 2


def state() -> tuple[object, ...]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM ledger_checkpoint_state")
        return tuple(cursor.fetchone())


def test_horizon_of_an_earlier_server_is_reached(now: datetime) -> None:
    issue(SIZE, to=a_holder_with(1, at=now), at=now)
    with posted_and_waiting(to=a_holder_with(1, at=now), at=now):
        assert cut_checkpoints() == 0
    with as_owner() as cursor:  # on the server the copy goes to, ids have come less far
        cursor.execute(
            "UPDATE ledger_checkpoint_state SET xid = (xid::text::bigint + 1000000)::text::xid8"
        )
    assert cut_checkpoints() == 0
    call_command("ledger_restored")
    assert cut_checkpoints() == 2


def test_a_large_backlog_is_cut_in_parts(now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ledger.checkpoints.operations.CUT_CHECKPOINTS_MAX", 1)
    issue(3 * SIZE, to=a_holder_with(1, at=now), at=now)
    assert cut_checkpoints() == 6
    assert_recomputed()


def test_horizon_needs_a_transaction_of_its_own(now: datetime) -> None:
    with transaction.atomic():
        a_holder_with(1, at=now)
        with pytest.raises(WrongIsolation):
            cut_checkpoints()
        transaction.set_rollback(True)


FAULTS = (
    "UPDATE ledger_checkpoint SET amount = amount + 1, total = total + 1",
    "UPDATE ledger_checkpoint SET total = total + 1",
    (
        "UPDATE ledger_checkpoint SET last_at = last_at + interval '1 second',"
        " max_at = max_at + interval '1 second'"
    ),
    "UPDATE ledger_checkpoint SET max_at = max_at + interval '1 second'",
    "UPDATE ledger_checkpoint SET in_order = NOT in_order",
    "UPDATE ledger_checkpoint SET reaches_back = NOT reaches_back",
    "UPDATE ledger_entry SET amount = amount * 2 WHERE id = 40",
    "DELETE FROM ledger_checkpoint WHERE last_id = (SELECT min(last_id) FROM ledger_checkpoint)",
)


@pytest.mark.parametrize("fault", FAULTS)
def test_planted_fault_is_found_and_named(now: datetime, fault: str) -> None:
    issue(2 * SIZE, to=a_holder_with(1, at=now), at=now)
    cut_checkpoints()
    assert_recomputed()
    with as_owner() as cursor:
        for table in ("checkpoint", "entry"):
            cursor.execute(f"ALTER TABLE ledger_{table} DISABLE TRIGGER USER")
        cursor.execute(fault)
        assert cursor.rowcount > 0
    finding = finding_of(PROOFS[0])
    assert not finding.is_clean
    assert "is not what its entries sum to" in finding.first_broken


REFUSED = (
    "INSERT INTO ledger_checkpoint (account_id) VALUES (gen_random_uuid())",
    "UPDATE ledger_checkpoint SET total = 0",
    "DELETE FROM ledger_checkpoint",
    "TRUNCATE ledger_checkpoint",
    "UPDATE ledger_checkpoint_state SET cut_id = 0",
    "SELECT ledger_checkpoint_write_v2(gen_random_uuid(), '2026-11-01', 0, 9, 0, 0, 1)",
)


def test_checkpoints_are_written_only_by_their_functions(now: datetime) -> None:
    issue(SIZE, to=a_holder_with(1, at=now), at=now)
    cut_checkpoints()
    for sql in REFUSED:
        with pytest.raises(DatabaseError, match="permission denied"):
            connection.cursor().execute(sql)
    for verb in ("DELETE FROM", "TRUNCATE"):
        with pytest.raises(DatabaseError, match="append-only"), as_owner() as cursor:
            cursor.execute(f"{verb} ledger_checkpoint")
