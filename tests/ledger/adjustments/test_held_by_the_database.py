"""Raw SQL as the application's role gets round none of it; nor does the owner without a trace."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from uuid import UUID, uuid4

import pytest
from django.db import DatabaseError, IntegrityError, connection, connections, transaction

from ledger.adjustments.models import Proposal, ProposalDecision
from ledger.adjustments.operations import approve_proposal
from ledger.adjustments.operations.limits import DATABASE_REFUSALS
from ledger.adjustments.proofs import PROOFS
from ledger.models import Transaction
from ledger.operations import open_months, post, post_batch, refusing
from ledger.proofs.queries import finding_of
from ledger.queries import coins_in
from ledger.refusals import NotApproved
from ledger.rules import Posting
from tests.ledger.adjustments.world import a_proposal, a_reversal, approver
from tests.ledger.worlds import ISSUER, a_holder_with, a_posting, coins, main_of

pytestmark = pytest.mark.own_database


@pytest.fixture
def holder(now: datetime) -> UUID:
    open_months(now=now)
    return a_holder_with(50, at=now)


TABLES = ("proposal", "proposal_posting", "proposal_leg", "proposal_decision", "adjustment_limit")


WRITES = (
    "INSERT INTO ledger_{} DEFAULT VALUES",
    "DELETE FROM ledger_{}",
    "TRUNCATE ledger_{} CASCADE",
    "SELECT FROM ledger_{} FOR UPDATE",
    "ALTER TABLE ledger_{} DISABLE TRIGGER ALL",
)
UPDATES = (
    "UPDATE ledger_proposal SET units = 1",
    "UPDATE ledger_proposal_posting SET place = 2",
    "UPDATE ledger_proposal_leg SET amount = 1",
    "UPDATE ledger_proposal_decision SET outcome = 'approved'",
    "UPDATE ledger_adjustment_limit SET units_each_max = 1",
)


def test_application_only_reads(holder: UUID, now: datetime) -> None:
    a_proposal(holder, at=now)
    for statement in (*UPDATES, *(one.format(table) for one in WRITES for table in TABLES)):
        with pytest.raises(DatabaseError, match=r"permission denied|must be owner"):
            with connection.cursor() as cursor:
                cursor.execute(statement)


INNER = (
    "ledger_write_proposed_v1('{0}', 'adjustment', '{{}}', '{{}}', '{{}}', '{{}}', '{{}}')",
    "ledger_check_adjustment_limit_v1('adjuster', 'approve', 1, false, 0)",
    "ledger_lock_adjuster_v1('{0}')",
    "ledger_two_persons_v1()",
)


@pytest.mark.parametrize("call", INNER)
def test_inner_functions_are_granted_to_nobody(own_database: str, call: str) -> None:
    with pytest.raises(DatabaseError, match="permission denied"):
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT public.{call.format(uuid4())}")


def test_even_the_owner_changes_nothing(holder: UUID, now: datetime) -> None:
    made = a_proposal(holder, at=now)
    approve_proposal(proposal=made.pk, by=approver(), now=now)
    forbidden = [one.format(table) for one in WRITES[1:3] for table in TABLES]
    for statement in (*UPDATES, *forbidden):
        with pytest.raises(DatabaseError, match="append-only"):
            with connections["owner"].cursor() as cursor:
                cursor.execute(statement)


def test_even_the_owner_writes_no_approval_by_the_proposer(holder: UUID, now: datetime) -> None:
    made = a_proposal(holder, at=now)
    with pytest.raises(IntegrityError, match="two_persons"):
        with connections["owner"].cursor() as cursor:
            cursor.execute(
                "INSERT INTO ledger_proposal_decision VALUES"
                " (%s, %s, 'approved', %s, 'approver', %s, '', '')",
                [made.pk, made.proposed_by, made.proposed_by, now],
            )
    with pytest.raises(IntegrityError, match="foreign key"):
        with connections["owner"].cursor() as cursor:
            cursor.execute(
                "INSERT INTO ledger_proposal_decision VALUES"
                " (%s, %s, 'declined', %s, 'approver', %s, '', 'because of this')",
                [made.pk, uuid4(), made.proposed_by, now],
            )


def post_alone(posting: Posting) -> None:
    post(posting)


def post_in_a_batch(posting: Posting) -> None:
    post_batch([posting])


@pytest.mark.parametrize("kind", ["adjustment", "reversal"])
@pytest.mark.parametrize("way", [post_alone, post_in_a_batch])
def test_no_posting_without_an_approval(
    holder: UUID, now: datetime, kind: str, way: Callable[[Posting], None]
) -> None:
    made = a_proposal(holder, 30, at=now)
    forged = Posting(
        id=made.pk,
        kind=kind,
        at=now,
        actor=f"admin/{uuid4()}",
        legs=coins(30, ISSUER, main_of(holder)),
        metadata={"proposal": str(made.pk)},
    )
    with pytest.raises(NotApproved):
        way(forged)
    assert coins_in(main_of(holder)) == 50


def decide(made: Proposal, *, by: UUID, at: datetime, role: str = "approver") -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT public.ledger_decide_v1(%s, 'approved', %s, %s, '', '', %s)",
            [made.pk, by, role, at],
        )


@transaction.atomic
def decide_and_post(made: Proposal, posting: Posting, *, by: UUID) -> None:
    decide(made, by=by, at=made.proposed_at)
    post(posting)


def test_an_approval_alone_does_not_commit(holder: UUID, now: datetime) -> None:
    made = a_proposal(holder, at=now)
    with pytest.raises(NotApproved), refusing(DATABASE_REFUSALS):
        decide(made, by=uuid4(), at=now)
    assert not ProposalDecision.objects.exists()


def test_the_posting_is_what_was_approved(holder: UUID, now: datetime) -> None:
    made, by = a_proposal(holder, 30, at=now), uuid4()
    right = {
        "id": made.pk,
        "kind": "adjustment",
        "at": now,
        "actor": f"admin/{by}",
        "legs": coins(30, ISSUER, main_of(holder)),
        "metadata": {"proposal": str(made.pk)},
    }
    for wrong in (
        {"legs": coins(31, ISSUER, main_of(holder))},
        {"id": uuid4()},
        {"actor": f"admin/{made.proposed_by}"},
        {"at": now + timedelta(seconds=1)},
        {"metadata": {"proposal": str(made.pk), "more": 1}},
        {"kind": "reversal"},
    ):
        with pytest.raises(NotApproved), refusing(DATABASE_REFUSALS):
            decide_and_post(made, Posting(**(right | wrong)), by=by)  # type: ignore[arg-type]
    decide_and_post(made, Posting(**right), by=by)  # type: ignore[arg-type]
    assert coins_in(main_of(holder)) == 80


@pytest.mark.parametrize(
    ("role", "late", "message"),
    [
        ("approver", 7, "was open until"),
        ("adjuster", 0, "may not approve"),
        ("nobody", 0, "may not approve"),
    ],
)
def test_the_functions_decide_for_themselves(
    holder: UUID, now: datetime, role: str, late: int, message: str
) -> None:
    made = a_proposal(holder, at=now)
    with pytest.raises(DatabaseError, match=message):
        decide(made, by=uuid4(), at=now + timedelta(days=late), role=role)
    with pytest.raises(DatabaseError, match="second person"):
        decide(made, by=made.proposed_by, at=now)


# Proofs -----------------------------------------------------------------------------------------


@contextmanager
def unguarded() -> Iterator[None]:
    """Lift what guards the tables, as only somebody who owns them could."""
    tables = ("entry", "transaction", *TABLES)
    with connections["owner"].cursor() as cursor:
        cursor.execute(
            "ALTER TABLE ledger_proposal_decision DROP CONSTRAINT"
            " ledger_proposal_decision_two_persons"
        )
        for table in tables:
            cursor.execute(f"ALTER TABLE public.ledger_{table} DISABLE TRIGGER USER")
        yield
        for table in tables:
            cursor.execute(f"ALTER TABLE public.ledger_{table} ENABLE TRIGGER USER")


FAULTS = {
    "has no approved proposal": "UPDATE ledger_proposal_decision SET outcome = 'withdrawn'",
    "has no approved": "UPDATE ledger_transaction SET metadata = '{}' WHERE kind = 'adjustment'",
    "by one person alone": "UPDATE ledger_proposal_decision SET decided_by = proposed_by",
    "out of time": "UPDATE ledger_proposal SET expires_at = proposed_at + interval '1 second'",
    "not what was approved": "UPDATE ledger_transaction SET actor = 'x' WHERE kind = 'reversal'",
    "something else": "UPDATE ledger_proposal_leg SET amount = amount * 2",
    "approved and not posted": "DELETE FROM ledger_transaction WHERE kind = 'reversal'",
}


@pytest.fixture
def corrected(holder: UUID, now: datetime) -> None:
    later = now + timedelta(minutes=5)
    approve_proposal(proposal=a_proposal(holder, at=now).pk, by=approver(), now=later)
    given = a_posting(*coins(5, ISSUER, main_of(holder)), at=now)
    post(given)
    approve_proposal(proposal=a_reversal(given.id, at=now).pk, by=approver(), now=later)
    a_proposal(holder, at=now)


def test_honest_corrections_are_clean(corrected: None) -> None:
    found = [finding_of(proof) for proof in PROOFS]
    assert [(one.examined, one.broken) for one in found] == [(2, 0), (1, 0)]


@pytest.mark.parametrize("words", FAULTS)
def test_a_planted_fault_is_found(corrected: None, words: str) -> None:
    with unguarded(), connections["owner"].cursor() as cursor:
        cursor.execute(FAULTS[words])
        assert cursor.rowcount
    found = finding_of(PROOFS[0])
    assert found.broken
    assert words in found.first_broken


def test_a_reversal_that_is_none_is_found(corrected: None) -> None:
    reversal = Transaction.objects.get(kind="reversal")
    with unguarded(), connections["owner"].cursor() as cursor:
        cursor.execute(
            "UPDATE ledger_entry SET amount = amount * 2 WHERE transaction_id = %s",
            [reversal.reverses_id],
        )
    found = finding_of(PROOFS[1])
    assert (found.broken, found.first_broken) == (
        1,
        f"reversal {reversal.pk} is not the opposite of what it reverses",
    )
