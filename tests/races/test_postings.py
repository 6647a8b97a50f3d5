"""Many postings at the same moment: one winner for one key, no coin from nowhere, no deadlock."""

import random
from datetime import datetime
from uuid import uuid4

import pytest

from ledger.operations import Outcome, open_months, post, post_batch
from ledger.proofs.proofs import PROOFS
from ledger.proofs.queries import finding_of
from ledger.queries import coins_in
from ledger.refusals import BalanceTooLow
from tests.ledger.worlds import a_holder_with, a_posting, coins, main_of
from tests.races.threads import at_once

pytestmark = pytest.mark.own_database


@pytest.fixture(autouse=True)
def _months(now: datetime) -> None:
    open_months(now=now)


def test_one_key_posts_once(now: datetime) -> None:
    giver, taker = a_holder_with(100, at=now), uuid4()
    gift = a_posting(*coins(30, main_of(giver), main_of(taker)), at=now)
    outcomes = at_once(lambda _place: post(gift), threads=20)
    assert outcomes.count(Outcome.POSTED) == 1
    assert outcomes.count(Outcome.REPEATED) == 19
    assert coins_in(main_of(taker)) == 30


def test_many_open_one_account(now: datetime) -> None:
    givers, taker = [a_holder_with(30, at=now) for _ in range(8)], uuid4()

    def give(place: int) -> Outcome:
        return post(a_posting(*coins(30, main_of(givers[place]), main_of(taker)), at=now))

    assert at_once(give, threads=8) == [Outcome.POSTED] * 8
    assert coins_in(main_of(taker)) == 240
    assert [proof.name for proof in PROOFS if not finding_of(proof).is_clean] == []


def test_floor_holds_under_a_rush(now: datetime) -> None:
    giver = a_holder_with(100, at=now)

    def spend(place: int) -> Outcome:
        return post(a_posting(*coins(30, main_of(giver), main_of(uuid4())), at=now))

    outcomes = at_once(spend, threads=20)
    assert outcomes.count(Outcome.POSTED) == 3
    assert sum(isinstance(outcome, BalanceTooLow) for outcome in outcomes) == 17
    assert coins_in(main_of(giver)) == 10


def test_no_two_postings_deadlock(now: datetime) -> None:
    holders = [a_holder_with(10_000, at=now) for _ in range(5)]

    def move_about(place: int) -> int:
        dice = random.Random(place)
        for turn in range(15):
            postings = []
            for _ in range(8 if turn % 2 else 1):
                giver, taker = dice.sample(holders, 2)
                legs = coins(dice.randint(1, 9), main_of(giver), main_of(taker))
                postings.append(a_posting(*legs, at=now))
            fresh = coins(1, main_of(holders[turn % 5]), f"gift/{uuid4()}")
            post_batch([*postings, a_posting(*fresh, at=now)])
        return place

    assert at_once(move_about, threads=8) == list(range(8))
    assert [proof.name for proof in PROOFS if not finding_of(proof).is_clean] == []
