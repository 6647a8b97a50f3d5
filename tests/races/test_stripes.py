"""Many draw on one budget at the same moment: to the last coin, and none is refused wrongly."""

import random
from datetime import datetime
from uuid import UUID, uuid4

import pytest
from django.db import transaction

from ledger.operations import Outcome, open_months, post, post_batch
from ledger.proofs.proofs import PROOFS
from ledger.proofs.queries import finding_of
from ledger.queries import coins_in
from ledger.refusals import BalanceTooLow
from tests.ledger.worlds import ISSUER, a_campaign_with, a_posting, coins, main_of
from tests.races.threads import at_once, in_thread
from tests.waiting import WAIT_SECONDS_MAX

pytestmark = pytest.mark.own_database

THREADS = 8


@pytest.fixture(autouse=True)
def _months(now: datetime) -> None:
    open_months(now=now)


def _broken() -> list[str]:
    return [proof.name for proof in PROOFS if not finding_of(proof).is_clean]


def test_budget_is_drawn_to_exactly_zero(now: datetime) -> None:
    budget, taker = a_campaign_with(THREADS * 20 * 7, at=now), uuid4()

    def draw(place: int) -> int:
        for _ in range(20):
            post(a_posting(*coins(7, budget, main_of(taker)), at=now))
        return place

    assert at_once(draw, threads=THREADS) == list(range(THREADS))
    assert (coins_in(budget), coins_in(main_of(taker))) == (0, THREADS * 20 * 7)
    with pytest.raises(BalanceTooLow):
        post(a_posting(*coins(1, budget, main_of(taker)), at=now))
    assert _broken() == []


def test_last_coins_go_to_as_many_as_they_suffice_for(now: datetime) -> None:
    budget = a_campaign_with(100, at=now)

    def draw(place: int) -> Outcome:
        return post(a_posting(*coins(30, budget, main_of(uuid4())), at=now))

    outcomes = at_once(draw, threads=THREADS)
    assert outcomes.count(Outcome.POSTED) == 3
    assert sum(isinstance(outcome, BalanceTooLow) for outcome in outcomes) == THREADS - 3
    assert coins_in(budget) == 10


def test_two_draw_without_waiting_for_each_other(now: datetime) -> None:
    budget = a_campaign_with(160, at=now)
    taker = main_of(uuid4())
    with transaction.atomic():
        post(a_posting(*coins(3, budget, main_of(uuid4())), at=now))
        other = in_thread(lambda: post(a_posting(*coins(3, budget, taker), at=now)))
        assert other.result(timeout=WAIT_SECONDS_MAX) is Outcome.POSTED
    assert coins_in(budget) == 154


def test_draws_returns_and_batches_at_once(now: datetime) -> None:
    budgets = [a_campaign_with(2_000, at=now) for _ in range(2)]
    holders: list[UUID] = [uuid4() for _ in range(4)]

    def move_about(place: int) -> int:
        dice = random.Random(place)
        for turn in range(12):
            there = coins(dice.randint(1, 60), dice.choice(budgets), main_of(dice.choice(holders)))
            back = coins(1, ISSUER, dice.choice(budgets))
            across = coins(dice.randint(1, 40), *dice.sample(budgets, 2))
            postings = [a_posting(*legs, at=now) for legs in (there, back, across)]
            if turn % 3:
                for posting in postings:
                    post(posting)
            else:
                post_batch(postings)
        return place

    assert at_once(move_about, threads=THREADS) == list(range(THREADS))
    held = sum(coins_in(budget) for budget in budgets)
    assert held + sum(coins_in(main_of(one)) for one in holders) == 4_000 + THREADS * 12
    assert _broken() == []
