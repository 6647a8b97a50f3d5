"""A photographed code: many scan it at once, one is paid."""

import pytest

from ledger.proofs.queries import findings
from ledger.queries import coins_in
from tests.given import NOW, a_holder
from tests.given_merchants import a_code, a_merchant
from tests.races.threads import at_once
from wallet.holders.queries import main_of
from wallet.merchants.operations import CodeUsed, claim_code
from wallet.merchants.rules import merchant_budget

pytestmark = pytest.mark.own_database
SCANNERS = 30


def test_a_photographed_code_pays_once() -> None:
    merchant = a_merchant(coins=100)
    code = a_code(merchant, coins=30)
    people = [a_holder() for _ in range(SCANNERS)]
    ended = at_once(
        lambda place: claim_code(code=code, claimer=people[place], now=NOW), threads=SCANNERS
    )
    assert sum(isinstance(one, CodeUsed) for one in ended) == SCANNERS - 1
    assert sorted(coins_in(main_of(one)) for one in people) == [0] * (SCANNERS - 1) + [30]
    assert coins_in(merchant_budget(merchant.pk)) == 70
    assert all(found.is_clean for found in findings())
