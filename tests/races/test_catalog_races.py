"""The last coins, the last of a partner's budget, one key many times: each is spent once."""

from uuid import uuid4

import pytest

from ledger.proofs.queries import findings
from ledger.queries import coins_in
from tests import given
from tests.given_catalog import a_market, a_partner, buy, stocked, switch_all_on
from tests.races.threads import at_once
from wallet.carriers.models import Instruction
from wallet.catalog.models import Purchase
from wallet.catalog.operations import PartnerBudgetSpent
from wallet.catalog.rules import merchant_payable
from wallet.holders.operations import NotEnoughCoins
from wallet.holders.queries import main_of
from wallet.merchants.rules import merchant_budget

pytestmark = pytest.mark.own_database
THREADS = 8


def test_one_key_buys_once_and_the_last_coins_buy_once() -> None:
    stocked(a_partner())
    holder, key = given.a_holder(coins=45), uuid4()
    once = at_once(lambda _: buy(holder, "comics-week", key=key), threads=THREADS)
    assert {one.pk for one in once if isinstance(one, Purchase)} == {Purchase.objects.get().pk}
    last = at_once(lambda _: buy(holder), threads=THREADS)
    assert sum(isinstance(one, NotEnoughCoins) for one in last) == THREADS - 1
    assert (coins_in(main_of(holder)), Instruction.objects.count()) == (3, 2)
    assert all(found.is_clean for found in findings())


def test_a_partners_last_coins_are_promised_once_and_outcomes_posted_once() -> None:
    switch_all_on()
    with a_market(coins=20) as market:
        people = [given.a_holder() for _ in range(THREADS)]
        ended = at_once(lambda place: buy(people[place], "points-100-in", count=2), threads=THREADS)
        assert sum(isinstance(one, PartnerBudgetSpent) for one in ended) == THREADS - 1
        rich = given.a_holder(coins=360)
        for _ in range(12):
            buy(rich)
        # Several workers ask the partner and post what it decided, side by side.
        assert at_once(lambda _: market.serve(), threads=3) == [None] * 3
        market.serve()
    merchant = market.partner.merchant_id
    assert coins_in(merchant_budget(merchant)) == 4
    assert sorted(coins_in(main_of(one)) for one in people) == [0] * (THREADS - 1) + [16]
    assert (coins_in(main_of(rich)), coins_in(merchant_payable(merchant))) == (0, 360)
    assert all(found.is_clean for found in findings())
