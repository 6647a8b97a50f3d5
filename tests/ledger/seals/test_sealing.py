"""What is sealed, when, and by whom: horizon, copies of the database, months, rights."""

import threading
from datetime import date, datetime, timedelta
from uuid import uuid4

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import DatabaseError, connection, connections, transaction
from django.test import Client

from ledger import registry
from ledger.models import Month, Transaction
from ledger.months.operations import settle_month
from ledger.operations import open_month, open_months, post_batch
from ledger.proofs.queries import finding_of
from ledger.refusals import CopyNotDeclared, LegsBroken, NotSealed, WrongIsolation
from ledger.rules import merged, starts_at
from ledger.seals.models import Head, Leaf
from ledger.seals.operations import append_committed, seal_committed, seal_month
from ledger.seals.proofs import PROOFS
from ledger.seals.queries import root_of, tree_head, tree_size
from ledger.seals.rules import is_consistent, is_signed, public_key_of
from ledger.seals.tasks import append
from tests.ledger.seals.tampering import as_owner, unguarded
from tests.ledger.worlds import a_holder_with, a_posting, coins, main_of
from tests.waiting import WAIT_SECONDS_MAX

pytestmark = [pytest.mark.own_database, pytest.mark.quiet]
OCTOBER = date(2026, 10, 1)


@pytest.fixture(autouse=True)
def _months(own_database: str, now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "_stages", {})
    monkeypatch.setattr(registry, "_blockers", {})
    monkeypatch.setattr(registry, "_freezers", {})
    open_month(month=OCTOBER)
    open_months(now=now)


def assert_all_sealed() -> None:
    sealed = set(Leaf.objects.values_list("transaction_id", flat=True))
    assert sealed == set(Transaction.objects.values_list("id", flat=True))
    assert [finding_of(proof).first_broken for proof in PROOFS] == [""] * len(PROOFS)


def test_a_new_month_is_looked_at_before_it_is_sealed(now: datetime) -> None:
    # Without figures the planner would read the whole month for each of its transactions.
    a_holder_with(100, at=now)
    assert _rows_known(now) == -1
    append_committed()
    assert _rows_known(now) == 2


def _rows_known(at: datetime) -> int:
    with connection.cursor() as cursor:
        name = f"public.ledger_entry_{at:%Y_%m}"
        cursor.execute("SELECT reltuples::int FROM pg_class WHERE oid = %s::regclass", [name])
        return int(cursor.fetchone()[0])


def test_every_committed_transaction_is_sealed_once(now: datetime) -> None:
    assert seal_committed(now=now) is None
    holder = a_holder_with(100, at=now)
    head = seal_committed(now=now)
    assert head is not None
    assert head.size == 1
    postings = [a_posting(*coins(1, main_of(holder), "issuer/CT"), at=now) for _ in range(20)]
    post_batch(postings)
    again = seal_committed(now=now)
    assert again is not None
    assert again.size == 21
    assert seal_committed(now=now) == again
    key, signature = bytes(again.public_key), bytes(again.signature)
    assert is_signed(tree_head(again), public_key=key, signature=signature)
    assert_all_sealed()


def test_transactions_are_proved_whatever_the_number_of_their_legs(now: datetime) -> None:
    giver = a_holder_with(100, at=now)
    gifts = [coins(1, main_of(giver), main_of(uuid4())) for _ in range(5)]
    post_batch(
        [
            a_posting(*merged(leg for gift in gifts[:takers] for leg in gift), at=now)
            for takers in range(1, 6)
        ]
    )
    seal_committed(now=now)
    assert_all_sealed()


def test_a_posting_that_commits_late_is_not_passed_over(now: datetime) -> None:
    posted, go_on = threading.Event(), threading.Event()

    def slow() -> None:
        with transaction.atomic():
            a_holder_with(1, at=now)
            posted.set()
            assert go_on.wait(WAIT_SECONDS_MAX)
        connections.close_all()

    a_holder_with(5, at=now)  # opens the issuer's account, which one would wait for the other on
    assert append_committed() == 1
    thread = threading.Thread(target=slow)
    thread.start()
    assert posted.wait(WAIT_SECONDS_MAX)
    a_holder_with(2, at=now)
    assert append_committed() == 1
    go_on.set()
    thread.join()
    assert append_committed() == 3
    assert_all_sealed()


def test_what_was_posted_before_a_restore_is_sealed_after_it(now: datetime) -> None:
    a_holder_with(1, at=now)
    append_committed()
    a_holder_with(2, at=now)
    # On the server the copy goes to, transaction ids have come less far.
    with unguarded(), as_owner() as cursor:
        cursor.execute(
            "UPDATE ledger_transaction SET xid = (xid::text::bigint + 1000000)::text::xid8"
        )
        cursor.execute(
            "UPDATE ledger_seal_state SET xid = (xid::text::bigint + 1000000)::text::xid8"
        )
        cursor.execute(
            "UPDATE ledger_seal_node SET hash = sha256('\\x00'::bytea"
            " || ledger_seal_fields_v1(ledger_seal_header_v1(t)) || (SELECT string_agg(sha256("
            "   l.salts[e.place] || ledger_seal_fields_v1(ledger_seal_entry_v1(e.month, e.id,"
            "   e.address, e.asset, e.amount, e.version, e.balance_after))), ''::bytea"
            "   ORDER BY e.place) FROM (SELECT e.*, a.address, a.asset, row_number() OVER"
            "   (ORDER BY e.id) AS place FROM ledger_entry e JOIN ledger_account a"
            "   ON a.id = e.account_id WHERE e.transaction_id = t.id) AS e))"
            " FROM ledger_seal_leaf l JOIN ledger_transaction t ON t.id = l.transaction_id"
            " WHERE level = 0 AND place = l.position"
        )
    with pytest.raises(CopyNotDeclared):
        append_committed()
    call_command("ledger_restored")
    a_holder_with(3, at=now)
    assert append_committed() == 3
    epochs = Transaction.objects.order_by("epoch").values_list("epoch", flat=True)
    assert list(epochs) == [1, 1, 2]
    assert_all_sealed()


def test_entries_that_are_not_the_legs_are_not_sealed(now: datetime) -> None:
    a_holder_with(1, at=now)
    with unguarded(), as_owner() as cursor:
        cursor.execute("UPDATE ledger_entry SET amount = amount * 2")
    with pytest.raises(LegsBroken, match="not sealed"):
        append_committed()
    assert tree_size() == 0


def test_sealing_needs_read_committed(now: datetime) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        with pytest.raises(WrongIsolation):
            append_committed()
        transaction.set_rollback(True)


def test_closed_month_has_a_signed_root_at_a_public_address(now: datetime) -> None:
    october = starts_at(OCTOBER) + timedelta(days=3)
    a_holder_with(5, at=october)
    a_holder_with(5, at=now)
    browser = Client(headers={"host": "127.0.0.1"})
    assert browser.get("/seals/2026-10.json").status_code == 404
    assert browser.get("/seals/head.json").status_code == 404
    settle_month(month=OCTOBER, now=now)
    month = Month.objects.get(pk=OCTOBER)
    published = browser.get("/seals/2026-10.json").json()
    assert (published["month"], published["size"]) == ("2026-10", 2)
    assert published["root"] == bytes(month.root or b"").hex() == root_of(2).hex()
    assert published["public_key"] == bytes(Head.objects.get(month=OCTOBER).public_key).hex()
    a_holder_with(5, at=now)
    append.run()
    latest = browser.get("/seals/head.json").json()
    proof = browser.get("/seals/consistency/2/3.json").json()
    assert is_consistent(
        earlier=2,
        earlier_root=bytes.fromhex(published["root"]),
        size=latest["size"],
        root=bytes.fromhex(latest["root"]),
        path=[bytes.fromhex(each) for each in proof["path"]],
    )
    for sizes in ("0/3", "3/2", "3/4", f"1/{2**70}"):
        assert browser.get(f"/seals/consistency/{sizes}.json").status_code == 404
    assert browser.get("/seals/2026-13.json").status_code == 404


def test_month_is_not_closed_before_it_is_sealed(now: datetime) -> None:
    a_holder_with(5, at=starts_at(OCTOBER))
    with pytest.raises(NotSealed):  # only while it closes
        seal_month(month=OCTOBER, now=now)
    with pytest.raises(DatabaseError, match="not closing"), connection.cursor() as cursor:
        cursor.execute("SELECT ledger_close_month_v2(%s, %s, '')", [OCTOBER, now])
    with connection.cursor() as cursor:
        cursor.execute("SELECT ledger_begin_closing_v1(%s, %s)", [OCTOBER, now])
    with pytest.raises(DatabaseError, match="no signed head"), connection.cursor() as cursor:
        cursor.execute("SELECT ledger_close_month_v2(%s, %s, '')", [OCTOBER, now])
    key = public_key_of(settings.SEAL_KEY)
    with connection.cursor() as cursor:
        cursor.execute("SELECT ledger_seal_first_key_v1(%s, %s)", [key, now])
    with pytest.raises(DatabaseError, match="no size 99"), connection.cursor() as cursor:
        cursor.execute("SELECT ledger_seal_head_v2(99, null, %s, %s, '')", [now, key])


def test_head_of_a_month_holds_all_of_it(now: datetime) -> None:
    a_holder_with(5, at=starts_at(OCTOBER))
    with connection.cursor() as cursor:
        cursor.execute("SELECT ledger_begin_closing_v1(%s, %s)", [OCTOBER, now])
        key = public_key_of(settings.SEAL_KEY)
        cursor.execute("SELECT ledger_seal_first_key_v1(%s, %s)", [key, now])
        with pytest.raises(DatabaseError, match="Not every transaction"):
            cursor.execute(
                "SELECT ledger_seal_head_v2(0, %s, %s, %s, %s)", [OCTOBER, now, key, bytes(64)]
            )
    assert seal_month(month=OCTOBER, now=now).size == 1
    assert seal_month(month=OCTOBER, now=now + timedelta(hours=1)).at == now


REFUSED = (
    "INSERT INTO ledger_seal_leaf VALUES (0, gen_random_uuid(), '{}')",
    "INSERT INTO ledger_seal_node VALUES (0, 9, '')",
    "UPDATE ledger_seal_node SET hash = ''",
    "DELETE FROM ledger_seal_head",
    "TRUNCATE ledger_seal_leaf",
    "UPDATE ledger_seal_state SET size = 0",
    "SELECT ledger_seal_join_v1(0, 1)",
    "SELECT ledger_seal_append_v1(1)",
    "SELECT ledger_seal_head_v1(0, null, now(), '', '')",
    "SELECT ledger_raise_copy_epoch_v1()",
    "SELECT ledger_close_month_v1('2026-10-01', now(), '')",
)


def test_tree_is_written_only_by_its_functions(now: datetime) -> None:
    a_holder_with(5, at=now)
    seal_committed(now=now)
    for sql in REFUSED:
        with pytest.raises(DatabaseError, match="permission denied"):
            connection.cursor().execute(sql)
    for table in ("leaf", "node", "head", "key"):
        for verb in ("DELETE FROM", "TRUNCATE"):
            with pytest.raises(DatabaseError, match="append-only"), as_owner() as cursor:
                cursor.execute(f"{verb} ledger_seal_{table}")
