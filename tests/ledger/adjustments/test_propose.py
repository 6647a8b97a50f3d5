"""What may be proposed, by whom, and up to how much."""

from datetime import datetime, timedelta
from uuid import UUID, uuid4

import pytest

from ledger import refusals
from ledger.adjustments import refusals as ours
from ledger.adjustments.models import Proposal
from ledger.adjustments.operations import (
    approve_proposal,
    decline_proposal,
    propose_adjustment,
    propose_reversal,
    set_adjustment_limit,
    withdraw_proposal,
)
from ledger.adjustments.queries import effects, limits_in_force, postings_of
from ledger.adjustments.rules import Person, is_escrow, reversal_id
from ledger.models import Transaction
from ledger.operations import open_months, post
from ledger.queries import coins_in
from ledger.registry import register_action
from ledger.rules import Leg
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


def test_a_proposal_moves_nothing_and_says_all(holder: UUID, now: datetime) -> None:
    by = adjuster()
    made = a_proposal(holder, 30, by=by, at=now)
    assert coins_in(main_of(holder)) == 50
    assert (made.units, made.role, made.proposed_by) == (30, "adjuster", by.id)
    assert (made.reason, made.proposed_from) == (WHY, "192.0.2.7")
    assert made.expires_at == now + timedelta(days=7)
    assert not made.escrows
    [(row, legs)] = postings_of(made)
    assert row.transaction_id == made.pk
    assert set(legs) == set(coins(30, ISSUER, main_of(holder)))


def test_a_reversal_proposes_the_exact_opposite(holder: UUID, now: datetime) -> None:
    given = a_posting(*coins(20, ISSUER, main_of(holder)), at=now)
    post(given)
    [(row, legs)] = postings_of(a_reversal(given.id, at=now))
    assert (row.reverses, row.transaction_id) == (given.id, reversal_id(given.id))
    assert set(legs) == set(coins(20, main_of(holder), ISSUER))


def test_the_same_key_proposes_once(holder: UUID, now: datetime) -> None:
    by, key = adjuster(), uuid4()
    legs = coins(30, ISSUER, main_of(holder))

    def again(**changed: object) -> Proposal:
        asked = {"legs": legs, "reason": WHY, "by": by, "key": key, "now": now} | changed
        return propose_adjustment(**asked)  # type: ignore[arg-type]

    assert again() == again(now=now + timedelta(days=1))
    assert Proposal.objects.count() == 1
    for field, value in (
        ("reason", "Another reason altogether."),
        ("attachment", "a letter"),
        ("legs", coins(31, ISSUER, main_of(holder))),
    ):
        with pytest.raises(refusals.KeyReused) as refused:
            again(**{field: value})
        assert refused.value.fields == {"field": field}


def test_the_same_key_reverses_the_same(holder: UUID, now: datetime) -> None:
    by, key = adjuster(), uuid4()
    first, second = (a_posting(*coins(5, ISSUER, main_of(holder)), at=now) for _ in range(2))
    post(first)
    post(second)

    def again(*transactions: UUID) -> Proposal:
        return propose_reversal(transactions=transactions, reason=WHY, by=by, key=key, now=now)

    assert again(first.id) == again(first.id)
    with pytest.raises(refusals.KeyReused) as refused:
        again(first.id, second.id)
    assert refused.value.fields == {"field": "transactions"}


def test_a_proposal_says_why(holder: UUID, now: datetime) -> None:
    legs = coins(1, ISSUER, main_of(holder))
    with pytest.raises(ours.AdjustmentReasonMissing):
        propose_adjustment(legs=legs, reason=" oops     ", by=adjuster(), key=uuid4(), now=now)
    with pytest.raises(ours.AttachmentTooLong):
        propose_adjustment(
            legs=legs, reason=WHY, attachment="x" * 20_001, by=adjuster(), key=uuid4(), now=now
        )


@pytest.mark.parametrize(
    ("legs", "refusal"),
    [
        ((Leg(ISSUER, "COIN", -5), Leg("fees/CT", "COIN", 4)), refusals.InvalidPosting),
        ((Leg(ISSUER, "COIN", -5),), refusals.InvalidPosting),
        ((), refusals.InvalidPosting),
        (coins(5, ISSUER, ISSUER), refusals.InvalidPosting),
        (coins(5, ISSUER, "nowhere/CT"), refusals.UnknownAddress),
        (coins(5, ISSUER, main_of(uuid4())), refusals.UnknownAddress),
        (coins(2**63, ISSUER, "fees/CT"), refusals.AmountOutOfRange),
    ],
)
def test_legs_that_are_no_posting_are_refused(
    holder: UUID, now: datetime, legs: tuple[Leg, ...], refusal: type[refusals.Refusal]
) -> None:
    with pytest.raises(refusal):
        propose_adjustment(legs=legs, reason=WHY, by=controller(), key=uuid4(), now=now)


def test_what_cannot_be_reversed_is_refused(holder: UUID, now: datetime) -> None:
    with pytest.raises(refusals.UnknownTransaction):
        a_reversal(uuid4(), at=now)
    with pytest.raises(refusals.InvalidPosting):
        a_reversal(at=now)
    given = a_posting(*coins(20, ISSUER, main_of(holder)), at=now)
    post(given)
    with pytest.raises(refusals.InvalidPosting):
        a_reversal(given.id, given.id, at=now)
    approve_proposal(proposal=a_reversal(given.id, at=now).pk, by=approver(), now=now)
    with pytest.raises(refusals.AlreadyReversed):
        a_reversal(given.id, at=now)


@pytest.mark.parametrize("roles", [(), ("approver",), ("auditor",)])
def test_only_who_has_the_role_proposes(
    holder: UUID, now: datetime, roles: tuple[str, ...]
) -> None:
    with pytest.raises(ours.AdjustmentRoleMissing):
        a_proposal(holder, by=a_person(*roles), at=now)


def test_a_role_has_its_limit(holder: UUID, now: datetime) -> None:
    by = adjuster()
    with pytest.raises(ours.AdjustmentLimitPassed) as refused:
        a_proposal(holder, 10_001, by=by, at=now)
    assert refused.value.fields["limit"] == "units_each_max"
    a_proposal(holder, 10_000, by=by, at=now)
    assert a_proposal(holder, 10_001, by=controller(), at=now).role == "controller"


def test_a_day_has_its_limit_and_gives_back_what_was_not_approved(
    holder: UUID, now: datetime
) -> None:
    by = adjuster()
    fifth = [a_proposal(holder, 10_000, by=by, at=now) for _ in range(5)][-1]
    with pytest.raises(ours.AdjustmentLimitPassed) as refused:
        a_proposal(holder, 1, by=by, at=now)
    assert refused.value.fields["limit"] == "units_per_day_max"
    assert refused.value.fields["used"] == 50_000
    a_proposal(holder, 1, by=by, at=now + timedelta(hours=14))  # the next day in Shanghai
    withdraw_proposal(proposal=fifth.pk, by=by, now=now)
    sixth = a_proposal(holder, 10_000, by=by, at=now)
    decline_proposal(proposal=sixth.pk, reason=WHY, by=approver(), now=now)
    a_proposal(holder, 10_000, by=by, at=now)


def test_data_counts_as_coins_do(holder: UUID, now: datetime) -> None:
    legs = (
        Leg("carrier/CT/replaced", "DATA-CT-2026-11", -10_000),
        Leg(main_of(holder), "DATA-CT-2026-11", 10_000),
        *coins(1, ISSUER, main_of(holder)),
    )
    with pytest.raises(ours.AdjustmentLimitPassed):
        propose_adjustment(legs=legs, reason=WHY, by=adjuster(), key=uuid4(), now=now)


def test_what_is_set_aside_takes_the_higher_role(holder: UUID, now: datetime) -> None:
    gift = f"gift/{uuid4()}"
    post(a_posting(*coins(20, main_of(holder), gift), at=now))
    legs = coins(20, gift, main_of(holder))
    assert is_escrow(gift)
    assert not is_escrow(main_of(holder))

    def proposed(by: Person) -> Proposal:
        return propose_adjustment(legs=legs, reason=WHY, by=by, key=uuid4(), now=now)

    with pytest.raises(ours.EscrowNotAllowed):
        proposed(adjuster())
    made = proposed(controller())
    with pytest.raises(ours.EscrowNotAllowed):
        approve_proposal(proposal=made.pk, by=approver(), now=now)
    approve_proposal(proposal=made.pk, by=controller(), now=now)
    assert coins_in(gift) == 0


def test_a_limit_is_changed_by_a_newer_one(holder: UUID, now: datetime) -> None:
    def limited(each: int, day: int, **changed: object) -> None:
        asked = {
            "role": "adjuster",
            "act": "propose",
            "units_each_max": each,
            "units_per_day_max": day,
            "escrows": False,
            "open_days": 2,
            "reason": "Fewer hands this month.",
            "by": "admin/x",
            "now": now,
        }
        set_adjustment_limit(**(asked | changed))  # type: ignore[arg-type]

    limited(100, 100)
    assert a_proposal(holder, 100, at=now).expires_at == now + timedelta(days=2)
    with pytest.raises(ours.AdjustmentLimitPassed):
        a_proposal(holder, 101, at=now)
    limited(0, 0)
    with pytest.raises(ours.AdjustmentRoleMissing):
        a_proposal(holder, 1, at=now)
    assert len(limits_in_force()) == 4
    with pytest.raises(ours.BadAdjustmentLimit):
        limited(10, 9)
    with pytest.raises(ours.BadAdjustmentLimit):
        limited(1, 1, act="approve")
    with pytest.raises(ours.AdjustmentReasonMissing):
        limited(1, 1, reason="")


def test_effects_show_balances_and_what_stands_against_it(holder: UUID, now: datetime) -> None:
    main = main_of(holder)
    found = {one.leg.address: one for one in effects([coins(60, main, ISSUER)], now=now)}
    assert (found[main].before, found[main].after) == (50, -10)
    assert found[main].trouble == "balance_too_low"
    assert (found[ISSUER].before, found[ISSUER].after, found[ISSUER].trouble) == (-50, 10, "")
    old = Leg("system/expired", "DATA-CT-2026-10", 1)
    assert effects([[old]], now=now)[0].trouble == "asset_expired"
    nowhere = effects([[Leg("nowhere", "COIN", 1)]], now=now)[0]
    assert nowhere.trouble == "unknown_address"
    debt = effects([[Leg(f"holder/{holder}/debt", "COIN", 1)]], now=now)[0]
    assert debt.trouble == "balance_too_high"


def test_an_unknown_action_is_refused(
    holder: UUID, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ledger.registry._actions", {})
    given = Transaction.objects.get(kind="correction").pk

    def proposed() -> Proposal:
        return propose_reversal(
            transactions=[given],
            reason=WHY,
            action="bust",
            subject="a trade",
            by=adjuster(),
            key=uuid4(),
            now=now,
        )

    with pytest.raises(ours.UnknownAction):
        proposed()
    register_action("bust", lambda _approved: None)
    made = proposed()
    monkeypatch.setattr("ledger.registry._actions", {})
    with pytest.raises(ours.UnknownAction):
        approve_proposal(proposal=made.pk, by=approver(), now=now)
