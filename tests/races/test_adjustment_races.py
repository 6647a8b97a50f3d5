"""Two persons at the same proposal, or one at two, at the same moment."""

from collections import Counter
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from uuid import UUID, uuid4

import pytest
from django.db import connection, transaction

from ledger.adjustments.models import Proposal, ProposalDecision
from ledger.adjustments.operations import (
    approve_proposal,
    expire_proposals,
    propose_adjustment,
    withdraw_proposal,
)
from ledger.adjustments.proofs import PROOFS
from ledger.models import Transaction
from ledger.operations import open_months, post
from ledger.proofs.queries import finding_of
from ledger.queries import coins_in
from ledger.refusals import Refusal
from tests.ledger.adjustments.world import WHY, a_proposal, a_reversal, adjuster, approver
from tests.ledger.worlds import ISSUER, a_holder_with, a_posting, coins, main_of
from tests.races.threads import at_once, in_thread

pytestmark = pytest.mark.own_database


@pytest.fixture
def holder(now: datetime) -> UUID:
    open_months(now=now)
    return a_holder_with(50, at=now)


def tally(ended: Iterable[object]) -> Counter[str]:
    return Counter(one.code if isinstance(one, Refusal) else type(one).__name__ for one in ended)


def clean() -> bool:
    return all(finding_of(proof).is_clean for proof in PROOFS)


def test_of_two_approvers_one_posts_and_the_other_is_told(holder: UUID, now: datetime) -> None:
    made = a_proposal(holder, 30, at=now)
    persons = [approver() for _ in range(8)]
    ended = at_once(
        lambda place: approve_proposal(proposal=made.pk, by=persons[place], now=now), threads=8
    )
    assert tally(ended) == {"Proposal": 1, "proposal_decided": 7}
    assert coins_in(main_of(holder)) == 80
    assert clean()


def test_one_approver_pressing_often_posts_once(holder: UUID, now: datetime) -> None:
    made, by = a_proposal(holder, 30, at=now), approver()
    ended = at_once(lambda _: approve_proposal(proposal=made.pk, by=by, now=now), threads=8)
    assert tally(ended) == {"Proposal": 8}
    assert coins_in(main_of(holder)) == 80
    assert Transaction.objects.filter(kind="adjustment").count() == 1


@pytest.mark.parametrize("_round", range(3))
def test_approval_withdrawal_and_sweep_end_in_one(holder: UUID, now: datetime, _round: int) -> None:
    by = adjuster()
    made = a_proposal(holder, 30, by=by, at=now)
    in_time = made.expires_at - timedelta(seconds=1)
    second = approver()
    acts: list[Callable[[], object]] = [
        lambda: approve_proposal(proposal=made.pk, by=second, now=in_time),
        lambda: withdraw_proposal(proposal=made.pk, by=by, now=in_time),
        lambda: expire_proposals(now=made.expires_at),
    ] * 3
    at_once(lambda place: acts[place](), threads=len(acts))
    outcome = ProposalDecision.objects.get().outcome
    assert coins_in(main_of(holder)) == (80 if outcome == "approved" else 50)
    assert clean()


def test_two_proposals_to_reverse_one_transaction_reverse_it_once(
    holder: UUID, now: datetime
) -> None:
    given = a_posting(*coins(20, ISSUER, main_of(holder)), at=now)
    post(given)
    made = [a_reversal(given.id, at=now) for _ in range(6)]
    persons = [approver() for _ in made]
    ended = at_once(
        lambda place: approve_proposal(proposal=made[place].pk, by=persons[place], now=now),
        threads=len(made),
    )
    assert tally(ended) == {"Proposal": 1, "already_reversed": 5}
    assert coins_in(main_of(holder)) == 50
    assert clean()


def test_the_limit_of_a_day_holds_for_proposals_at_once(holder: UUID, now: datetime) -> None:
    by = adjuster()
    ended = at_once(lambda _: a_proposal(holder, 10_000, by=by, at=now), threads=8)
    assert tally(ended) == {"Proposal": 5, "adjustment_limit_passed": 3}


def test_the_limit_of_a_day_holds_for_approvals_at_once(holder: UUID, now: datetime) -> None:
    made = [a_proposal(holder, 10_000, at=now) for _ in range(8)]
    by = approver()
    ended = at_once(
        lambda place: approve_proposal(proposal=made[place].pk, by=by, now=now), threads=8
    )
    assert tally(ended) == {"Proposal": 5, "adjustment_limit_passed": 3}
    assert coins_in(main_of(holder)) == 50_050


def test_the_same_key_at_once_proposes_once(holder: UUID, now: datetime) -> None:
    by, key, legs = adjuster(), uuid4(), coins(5, ISSUER, main_of(holder))
    ended = at_once(
        lambda _: propose_adjustment(legs=legs, reason=WHY, by=by, key=key, now=now), threads=8
    )
    assert tally(ended) == {"Proposal": 8}
    assert Proposal.objects.count() == 1


def test_what_was_killed_before_the_end_has_not_happened(holder: UUID, now: datetime) -> None:
    made = a_proposal(holder, 30, at=now)

    def dies() -> None:
        with transaction.atomic():
            approve_proposal(proposal=made.pk, by=approver(), now=now)
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")

    assert in_thread(dies).exception() is not None
    assert not ProposalDecision.objects.exists()
    assert coins_in(main_of(holder)) == 50
    approve_proposal(proposal=made.pk, by=approver(), now=now)
    assert coins_in(main_of(holder)) == 80
