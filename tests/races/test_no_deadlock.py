"""No two postings ever wait for each other, whatever they move and however they come.

Singles, batches and each-for-itself, of two to six legs in three assets, over a few tracked,
untracked and striped accounts, with new accounts and with ids that other threads use as well.
"""

import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID, uuid4

import pytest
from django.db import transaction

from ledger.operations import open_months, post, post_batch, post_each
from ledger.proofs.proofs import PROOFS
from ledger.proofs.queries import finding_of
from ledger.refusals import Refusal
from ledger.rules import COIN, Leg, Posting, merged, move
from tests.ledger.worlds import ISSUER, a_campaign_with, a_posting, main_of
from tests.races.threads import at_once

pytestmark = pytest.mark.own_database

THREADS = 8
TURNS = 25
ASSETS = (COIN, "DATA-CT-2026-11", "VOUCHER-CT-2026-12")


@pytest.fixture(autouse=True)
def _months(now: datetime) -> None:
    open_months(now=now)


class _Dealer:
    """Deals postings over the same few accounts, from a seed."""

    def __init__(self, *, seed: int, places: Sequence[str], shared: Sequence[UUID]) -> None:
        self.dice = random.Random(seed)
        self.places = places
        self.shared = shared
        self.fresh = [f"gift/{UUID(int=place, version=4)}" for place in range(200)]

    def posting(self, *, at: datetime) -> Posting:
        """Deal moves between accounts, some of them opened by whoever comes first."""
        legs: list[Leg] = []
        for _ in range(self.dice.randint(1, 3)):
            source, target = self.dice.sample(self.places, 2)
            if self.dice.random() < 0.4:
                target = self.dice.choice(self.fresh)
            asset = self.dice.choice(ASSETS) if "campaign" not in source + target else COIN
            legs += move(asset=asset, amount=self.dice.randint(1, 30), source=source, target=target)
        whole = merged(legs) or move(asset=COIN, amount=1, source=ISSUER, target=self.places[0])
        repeated = self.dice.random() < 0.3
        return a_posting(*whole, at=at, id=self.dice.choice(self.shared) if repeated else None)

    def turn(self, *, at: datetime) -> None:
        """Post a few in one of the ways there are; a refusal is an answer."""
        many = list({one.id: one for one in (self.posting(at=at) for _ in range(6))}.values())
        way = self.dice.choice((post_batch, post_each, None))
        try:
            with transaction.atomic():
                if way:
                    way([replace(one, actor="test") for one in many])
                else:
                    post(many[0])
        except Refusal:
            pass


@pytest.mark.parametrize("seed", [1, 2])
def test_no_deadlock(now: datetime, seed: int) -> None:
    holders = [main_of(uuid4()) for _ in range(5)]
    budgets = [a_campaign_with(300, at=now) for _ in range(2)]
    for holder in holders:
        for asset in ASSETS:
            post(a_posting(*move(asset=asset, amount=2_000, source=ISSUER, target=holder), at=now))
    shared = [uuid4() for _ in range(60)]

    def post_about(place: int) -> int:
        dealer = _Dealer(
            seed=seed * 100 + place, places=[*holders, *budgets, ISSUER, "issuer/CU"], shared=shared
        )
        for _ in range(TURNS):
            dealer.turn(at=now)
        return place

    assert at_once(post_about, threads=THREADS) == list(range(THREADS))
    assert [proof.name for proof in PROOFS if not finding_of(proof).is_clean] == []
