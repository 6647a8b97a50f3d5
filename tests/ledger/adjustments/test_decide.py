"""Approving posts once and needs a second person; declining and withdrawing post nothing."""

from datetime import datetime, timedelta
from uuid import UUID, uuid4

import pytest

from ledger import refusals
from ledger.adjustments import refusals as ours
from ledger.adjustments.models import Proposal, ProposalDecision
from ledger.adjustments.operations import (
    approve_proposal,
    decline_proposal,
    expire_proposals,
    propose_adjustment,
    propose_reversal,
    withdraw_proposal,
)
from ledger.adjustments.queries import open_proposals, state_of
from ledger.adjustments.rules import Person, reversal_id
from ledger.adjustments.tasks import expire
from ledger.models import Transaction
from ledger.operations import open_months, post
from ledger.queries import amount_at, coins_in
from ledger.registry import ApprovedAction, cause_of_transaction
from ledger.rules import Leg, move
from tests.ledger.adjustments.world import (
    WHY,
    a_person,
    a_proposal,
    a_reversal,
    adjuster,
    approver,
    controller,
)
from tests.ledger.worlds import ISSUER, a_holder_with, a_posting, coins, main_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def holder(now: datetime) -> UUID:
    open_months(now=now)
    return a_holder_with(50, at=now)


def given(holder: UUID, amount: int, *, at: datetime) -> UUID:
    posting = a_posting(*coins(amount, ISSUER, main_of(holder)), at=at)
    post(posting)
    return posting.id


def test_an_approval_posts_what_was_proposed_once(holder: UUID, now: datetime) -> None:
    made, by = a_proposal(holder, 30, at=now), approver()
    later = now + timedelta(days=1)
    approve_proposal(proposal=made.pk, by=by, now=later)
    approve_proposal(proposal=made.pk, by=by, now=later + timedelta(days=30))
    assert coins_in(main_of(holder)) == 80
    posted = Transaction.objects.get(pk=made.pk)
    assert (posted.kind, posted.at, posted.actor) == ("adjustment", later, f"admin/{by.id}")
    assert posted.metadata == {"proposal": str(made.pk)}
    assert state_of(made, now=later) == "approved"


def test_a_reversal_names_what_it_reverses(holder: UUID, now: datetime) -> None:
    transaction = given(holder, 20, at=now)
    approve_proposal(proposal=a_reversal(transaction, at=now).pk, by=approver(), now=now)
    assert coins_in(main_of(holder)) == 50
    back = Transaction.objects.get(pk=reversal_id(transaction))
    assert (back.kind, back.reverses_id) == ("reversal", transaction)


def test_the_proposer_does_not_approve(holder: UUID, now: datetime) -> None:
    both = a_person("adjuster", "approver", "controller")
    made = a_proposal(holder, by=both, at=now)
    with pytest.raises(ours.OwnProposal):
        approve_proposal(proposal=made.pk, by=both, now=now)
    with pytest.raises(ours.OwnProposal):
        decline_proposal(proposal=made.pk, reason=WHY, by=both, now=now)
    assert state_of(made, now=now) == "open"


@pytest.mark.parametrize("roles", [(), ("adjuster",)])
def test_only_who_has_the_role_decides(holder: UUID, now: datetime, roles: tuple[str, ...]) -> None:
    made, by = a_proposal(holder, at=now), a_person(*roles)
    with pytest.raises(ours.AdjustmentRoleMissing):
        approve_proposal(proposal=made.pk, by=by, now=now)
    with pytest.raises(ours.AdjustmentRoleMissing):
        decline_proposal(proposal=made.pk, reason=WHY, by=by, now=now)


def test_an_approver_has_limits_too(holder: UUID, now: datetime) -> None:
    great = a_proposal(holder, 10_001, by=controller(), at=now)
    with pytest.raises(ours.AdjustmentLimitPassed):
        approve_proposal(proposal=great.pk, by=approver(), now=now)
    approve_proposal(proposal=great.pk, by=controller(), now=now)
    by = approver()
    for _ in range(5):
        made = a_proposal(holder, 10_000, by=adjuster(), at=now)
        approve_proposal(proposal=made.pk, by=by, now=now)
    last = a_proposal(holder, 1, at=now)
    with pytest.raises(ours.AdjustmentLimitPassed):
        approve_proposal(proposal=last.pk, by=by, now=now)
    approve_proposal(proposal=last.pk, by=by, now=now + timedelta(days=1))


def test_an_expired_proposal_is_not_approved(holder: UUID, now: datetime) -> None:
    made = a_proposal(holder, at=now)
    over = made.expires_at
    assert expire_proposals(now=over - timedelta(seconds=1)) == 0
    with pytest.raises(ours.ProposalExpired):
        approve_proposal(proposal=made.pk, by=approver(), now=over)
    assert state_of(made, now=over) == "expired"
    assert list(open_proposals(now=over)) == []
    assert (expire_proposals(now=over), expire_proposals(now=over)) == (1, 0)
    assert ProposalDecision.objects.get(pk=made.pk).decided_by is None
    with pytest.raises(ours.ProposalDecided):
        approve_proposal(proposal=made.pk, by=approver(), now=now)
    assert coins_in(main_of(holder)) == 50


def test_the_sweep_ends_by_the_clock(holder: UUID, now: datetime) -> None:
    made = a_proposal(holder, at=now - timedelta(days=3650))
    assert expire() == 1
    assert ProposalDecision.objects.get().proposal_id == made.pk


def test_what_is_declined_is_over(holder: UUID, now: datetime) -> None:
    made, by = a_proposal(holder, at=now), approver()
    with pytest.raises(ours.AdjustmentReasonMissing):
        decline_proposal(proposal=made.pk, reason="no", by=by, now=now)
    for _ in range(2):
        decline_proposal(proposal=made.pk, reason=WHY, by=by, now=now)
    with pytest.raises(ours.ProposalDecided) as refused:
        approve_proposal(proposal=made.pk, by=approver(), now=now)
    assert refused.value.fields == {"outcome": "declined"}
    with pytest.raises(ours.ProposalDecided):
        withdraw_proposal(proposal=made.pk, by=adjuster(), now=now)
    assert not Transaction.objects.filter(pk=made.pk).exists()


def test_only_the_proposer_withdraws(holder: UUID, now: datetime) -> None:
    by = adjuster()
    made = a_proposal(holder, by=by, at=now)
    with pytest.raises(ours.NotTheProposer):
        withdraw_proposal(proposal=made.pk, by=approver(), now=now)
    withdraw_proposal(proposal=made.pk, by=by, now=now)
    assert state_of(made, now=now) == "withdrawn"


def test_an_unknown_proposal_is_refused(holder: UUID, now: datetime) -> None:
    with pytest.raises(ours.UnknownProposal):
        approve_proposal(proposal=uuid4(), by=approver(), now=now)


def test_several_transactions_are_reversed_together(holder: UUID, now: datetime) -> None:
    first, second = given(holder, 20, at=now), given(holder, 30, at=now)
    approve_proposal(proposal=a_reversal(second, first, at=now).pk, by=approver(), now=now)
    assert coins_in(main_of(holder)) == 50
    assert Transaction.objects.filter(kind="reversal").count() == 2


def test_or_none_of_them(holder: UUID, now: datetime) -> None:
    first, second = given(holder, 20, at=now), given(holder, 30, at=now)
    post(a_posting(*coins(60, main_of(holder), ISSUER), at=now))
    made = a_reversal(first, second, at=now)
    with pytest.raises(refusals.BalanceTooLow):
        approve_proposal(proposal=made.pk, by=approver(), now=now)
    assert coins_in(main_of(holder)) == 40
    assert state_of(made, now=now) == "open"


def test_the_second_proposal_to_reverse_it_comes_too_late(holder: UUID, now: datetime) -> None:
    transaction = given(holder, 20, at=now)
    first, second = a_reversal(transaction, at=now), a_reversal(transaction, at=now)
    approve_proposal(proposal=first.pk, by=approver(), now=now)
    with pytest.raises(refusals.AlreadyReversed):
        approve_proposal(proposal=second.pk, by=approver(), now=now)


def test_a_reversal_can_be_reversed(holder: UUID, now: datetime) -> None:
    transaction = given(holder, 20, at=now)
    approve_proposal(proposal=a_reversal(transaction, at=now).pk, by=approver(), now=now)
    again = a_reversal(reversal_id(transaction), at=now)
    approve_proposal(proposal=again.pk, by=approver(), now=now)
    assert coins_in(main_of(holder)) == 70


def test_an_expired_asset_is_not_moved_back(holder: UUID, now: datetime) -> None:
    legs = move(
        asset="DATA-CT-2026-11", amount=5, source="carrier/CT/replaced", target=main_of(holder)
    )
    posting = a_posting(*legs, at=now)
    post(posting)
    late = now + timedelta(days=20)
    made = a_reversal(posting.id, at=late)
    with pytest.raises(refusals.AssetExpired):
        approve_proposal(proposal=made.pk, by=approver(), now=late)
    assert amount_at(main_of(holder), "DATA-CT-2026-11") == 5


def test_a_month_that_is_not_open_takes_nothing(holder: UUID, now: datetime) -> None:
    far = now + timedelta(days=900)
    made = a_proposal(holder, at=far)
    with pytest.raises(refusals.MonthNotOpen):
        approve_proposal(proposal=made.pk, by=approver(), now=far)


def test_money_is_kept_from_people(holder: UUID, now: datetime) -> None:
    legs = (Leg("issuer/CT/revenue", "CNY", -5), Leg(main_of(holder), "CNY", 5))
    made = propose_adjustment(legs=legs, reason=WHY, by=adjuster(), key=uuid4(), now=now)
    with pytest.raises(refusals.UnknownAddress):
        approve_proposal(proposal=made.pk, by=approver(), now=now)


def a_bust(transaction: UUID, *, by: Person, at: datetime) -> Proposal:
    return propose_reversal(
        transactions=[transaction],
        reason=WHY,
        action="bust",
        subject="trade 7",
        by=by,
        key=uuid4(),
        now=at,
    )


def test_an_app_does_its_part_before_the_posting(
    holder: UUID, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    done: list[tuple[ApprovedAction, int]] = []

    def bust(approved: ApprovedAction) -> None:
        done.append((approved, coins_in(main_of(holder))))

    monkeypatch.setattr("ledger.registry._actions", {"bust": bust})
    transaction, by = given(holder, 20, at=now), approver()
    made = a_bust(transaction, by=adjuster(), at=now)
    for _ in range(2):
        approve_proposal(proposal=made.pk, by=by, now=now)
    [(approved, held)] = done
    assert (approved.subject, approved.at) == ("trade 7", now)
    assert approved.reversals == (reversal_id(transaction),)
    assert (held, coins_in(main_of(holder))) == (70, 50)


def test_an_app_that_refuses_leaves_the_proposal_open(
    holder: UUID, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    def bust(approved: ApprovedAction) -> None:
        raise refusals.Refusal("The trade is paid out.")

    monkeypatch.setattr("ledger.registry._actions", {"bust": bust})
    made = a_bust(given(holder, 20, at=now), by=adjuster(), at=now)
    with pytest.raises(refusals.Refusal, match="paid out"):
        approve_proposal(proposal=made.pk, by=approver(), now=now)
    assert state_of(made, now=now) == "open"
    assert coins_in(main_of(holder)) == 70


def test_the_proposal_is_the_cause_of_its_transaction(holder: UUID, now: datetime) -> None:
    made = a_proposal(holder, at=now)
    metadata = {"proposal": str(made.pk)}
    assert cause_of_transaction(kind="adjustment", metadata=metadata) is None
    approve_proposal(proposal=made.pk, by=approver(), now=now)
    cause = cause_of_transaction(kind="adjustment", metadata=metadata)
    assert cause is not None
    assert cause.facts["为什么"] == WHY
    assert str(made.pk) in cause.url
    for strange in ({}, {"proposal": "x"}, {"proposal": str(uuid4())}):
        assert cause_of_transaction(kind="reversal", metadata=strange) is None
