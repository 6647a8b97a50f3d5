"""A wallet takes what its tier may hold, and no coin more, where its holder chooses to receive."""

import pytest

from tests import given
from wallet.holders.operations import WalletFull, refuse_full_wallet

pytestmark = pytest.mark.django_db


def test_coins_up_to_the_tiers_limit_pass() -> None:
    holder = given.a_holder(coins=9_000)
    refuse_full_wallet(holder=holder, coins=1_000, now=given.NOW)
    with pytest.raises(WalletFull) as refused:
        refuse_full_wallet(holder=holder, coins=1_001, now=given.NOW)
    assert refused.value.fields == {"coins_max": 10_000}


def test_a_higher_tier_holds_more() -> None:
    holder = given.a_holder(coins=9_000, tier=1)
    refuse_full_wallet(holder=holder, coins=91_000, now=given.NOW)
