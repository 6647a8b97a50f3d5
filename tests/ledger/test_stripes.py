"""A balance in stripes: one account to every reader, drawn in parts, short only as a whole."""

from datetime import datetime
from uuid import uuid4

import pytest
from django.db import connections

from ledger import refusals
from ledger.models import Account, Balance, Entry
from ledger.operations import open_months, post, post_batch
from ledger.proofs.proofs import PROOFS
from ledger.proofs.queries import finding_of
from ledger.queries import coins_in, holdings_at
from ledger.rules import COIN
from tests.ledger.test_proofs import unguarded
from tests.ledger.worlds import ISSUER, a_campaign_with, a_posting, coins, main_of

pytestmark = pytest.mark.own_database

STRIPES = 16


@pytest.fixture(autouse=True)
def _months(now: datetime) -> None:
    open_months(now=now)


def _in_stripes(address: str) -> list[int]:
    with connections["default"].cursor() as cursor:
        cursor.execute(
            "SELECT s.balance FROM ledger_stripe s JOIN ledger_account a ON a.id = s.account_id"
            " WHERE a.address = %s ORDER BY s.stripe",
            [address],
        )
        return [balance for (balance,) in cursor.fetchall()]


def _broken() -> list[str]:
    return [proof.name for proof in PROOFS if not finding_of(proof).is_clean]


def test_budget_is_one_account_to_its_readers(now: datetime) -> None:
    budget = a_campaign_with(100, at=now)
    post(a_posting(*coins(30, budget, main_of(uuid4())), at=now))
    assert coins_in(budget) == 70
    assert [(held.asset, held.amount) for held in holdings_at([budget])] == [(COIN, 70)]
    account = Account.objects.get(address=budget)
    assert (account.tracked, account.stripes) == (False, STRIPES)
    assert Balance.objects.get(account=account).balance == 70
    entries = Entry.objects.filter(account=account)
    assert {(entry.version, entry.balance_after) for entry in entries} == {(None, None)}
    assert _broken() == []


def test_what_is_funded_is_spread(now: datetime) -> None:
    budget = a_campaign_with(165, at=now)
    assert sorted(_in_stripes(budget)) == [10] * 11 + [11] * 5


def test_small_return_goes_to_the_emptiest_stripe(now: datetime) -> None:
    budget = a_campaign_with(160, at=now)
    post(a_posting(*coins(7, budget, main_of(uuid4())), at=now))
    post(a_posting(*coins(5, ISSUER, budget), at=now))
    assert sorted(_in_stripes(budget)) == [8] + [10] * 15


def test_draw_over_several_stripes(now: datetime) -> None:
    budget = a_campaign_with(160, at=now)
    post(a_posting(*coins(155, budget, main_of(uuid4())), at=now))
    assert coins_in(budget) == 5
    assert sorted(_in_stripes(budget)) == [0] * 11 + [1] * 5


def test_only_the_whole_can_be_short(now: datetime) -> None:
    budget = a_campaign_with(160, at=now)
    with pytest.raises(refusals.BalanceTooLow) as refused:
        post(a_posting(*coins(161, budget, main_of(uuid4())), at=now))
    assert refused.value.fields == {
        "address": budget,
        "asset": COIN,
        "balance": 160,
        "amount": -161,
    }
    post(a_posting(*coins(160, budget, main_of(uuid4())), at=now))
    assert coins_in(budget) == 0


def test_batch_draws_and_returns(now: datetime) -> None:
    budget = a_campaign_with(160, at=now)
    draws = [a_posting(*coins(50, budget, main_of(uuid4())), at=now) for _ in range(3)]
    back = a_posting(*coins(9, ISSUER, budget), at=now)
    post_batch([*draws, back])
    assert coins_in(budget) == 19
    more = [a_posting(*coins(amount, budget, main_of(uuid4())), at=now) for amount in (10, 10)]
    refill = a_posting(*coins(100, ISSUER, budget), at=now)
    with pytest.raises(refusals.BalanceTooLow) as refused:
        post_batch([*more, refill])  # it would be short on the way
    assert (refused.value.fields["balance"], refused.value.fields["amount"]) == (19, -10)
    assert coins_in(budget) == 19
    assert _broken() == []


def test_more_than_stripes_may_hold_is_refused(now: datetime) -> None:
    budget = a_campaign_with(2**57, at=now)
    with pytest.raises(refusals.AmountOutOfRange):
        post(a_posting(*coins(2**62, ISSUER, budget), at=now))
    assert coins_in(budget) == 2**57


def test_kind_is_striped_with_its_open_accounts(now: datetime) -> None:
    budget = f"sponsor/{uuid4()}/budget"
    post(a_posting(*coins(101, ISSUER, budget), at=now))
    with connections["owner"].cursor() as cursor:
        cursor.execute("SELECT public.ledger_stripe_kind_v1('sponsor budget', 4::smallint)")
    assert _in_stripes(budget) == [26, 25, 25, 25]
    post(a_posting(*coins(60, budget, main_of(uuid4())), at=now))
    later = f"sponsor/{uuid4()}/budget"
    post(a_posting(*coins(40, budget, later), at=now))
    assert (coins_in(budget), coins_in(later), len(_in_stripes(later))) == (1, 40, 4)
    assert _broken() == []


FAULTS = {
    "balances_equal_entries": "UPDATE ledger_stripe SET balance = balance + 1 WHERE stripe = 3",
    "chains_unbroken": "UPDATE ledger_entry SET balance_after = 1 WHERE version IS NULL",
    "people_hold_no_money": "UPDATE ledger_account SET stripes = 8 WHERE stripes = 16",
}


@pytest.mark.parametrize("name", FAULTS)
def test_fault_in_stripes_is_found(now: datetime, name: str) -> None:
    budget = a_campaign_with(160, at=now)
    assert _broken() == []
    with unguarded(), connections["owner"].cursor() as cursor:
        cursor.execute(FAULTS[name])
        assert cursor.rowcount > 0
    (proof,) = (proof for proof in PROOFS if proof.name == name)
    finding = finding_of(proof)
    assert not finding.is_clean
    assert budget in finding.first_broken or ISSUER in finding.first_broken


def test_lost_stripe_is_found(now: datetime) -> None:
    a_campaign_with(3, at=now)
    with unguarded(), connections["owner"].cursor() as cursor:
        cursor.execute("DELETE FROM ledger_stripe WHERE balance = 0 AND stripe = 15")
        assert cursor.rowcount == 1
    assert _broken() == ["balances_equal_entries"]
