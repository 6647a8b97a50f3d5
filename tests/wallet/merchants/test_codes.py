"""One-time codes of a counter: funded, scanned once, in time, by no clerk."""

import uuid
from datetime import timedelta

import pytest

from ledger.proofs.queries import findings
from ledger.queries import coins_in
from ledger.refusals import KeyReused
from tests.given import NOW, a_holder, a_sponsor, a_user
from tests.given_merchants import a_code, a_merchant, owner_of
from tests.given_own_data import a_policy
from wallet.holders.guesses import TooManyGuesses
from wallet.holders.models import Holder, Member
from wallet.holders.operations import (
    HolderFrozen,
    WalletFull,
    add_member,
    freeze_holder,
    open_holder,
)
from wallet.holders.queries import main_of
from wallet.holders.rules import BadAmount
from wallet.merchants.models import CounterCode
from wallet.merchants.operations import (
    CodeExpired,
    CodeUsed,
    CounterLimitPassed,
    MerchantBudgetSpent,
    NotAtCounter,
    OwnCounter,
    UnknownCode,
    claim_code,
    fund_merchant,
    look_up_code,
    show_code,
)
from wallet.merchants.queries import counter_of, token_for
from wallet.merchants.rules import merchant_budget
from wallet.sponsors.operations import SponsorBudgetSpent

pytestmark = pytest.mark.django_db


def is_clean(name: str) -> bool:
    return next(one for one in findings() if one.name == name).is_clean


def coins(holder: Holder) -> int:
    return coins_in(main_of(holder))


def test_the_first_to_scan_is_paid_once() -> None:
    merchant, first, second = a_merchant(coins=100), a_holder(), a_holder()
    code = a_code(merchant, coins=30)
    for _ in range(2):
        claim_code(code=code, claimer=first, now=NOW)
    with pytest.raises(CodeUsed):
        claim_code(code=code, claimer=second, now=NOW)
    assert (coins(first), coins(second)) == (30, 0)
    assert coins_in(merchant_budget(merchant.pk)) == 70
    standing = counter_of(merchant, now=NOW)
    assert (standing.coins_today, standing.people_today, standing.open_coins) == (30, 1, 0)
    assert is_clean("merchants")
    assert is_clean("sponsors")


def test_a_code_ends() -> None:
    code = a_code(a_merchant(coins=100))
    with pytest.raises(CodeExpired):
        claim_code(code=code, claimer=a_holder(), now=NOW + timedelta(minutes=5))


def test_the_budget_covers_every_open_code() -> None:
    merchant = a_merchant(coins=100)
    a_code(merchant, coins=60)
    with pytest.raises(MerchantBudgetSpent) as refused:
        a_code(merchant, coins=41)
    assert refused.value.fields == {"coins": 41, "left": 40}
    assert a_code(merchant, coins=100, now=NOW + timedelta(minutes=6)).coins == 100


def test_the_same_key_shows_one_code() -> None:
    merchant, key = a_merchant(coins=100), uuid.uuid4()
    assert a_code(merchant, key=key) == a_code(merchant, key=key)
    with pytest.raises(KeyReused):
        a_code(merchant, coins=11, key=key)


@pytest.mark.parametrize("amount", [0, -1, 1_001, 2**63])
def test_a_code_carries_a_sensible_amount(amount: int) -> None:
    with pytest.raises(BadAmount):
        a_code(a_merchant(coins=5_000), coins=amount)


def test_only_who_serves_shows_codes() -> None:
    merchant, viewer = a_merchant(coins=100), a_user()
    add_member(organisation=merchant.holder, user=viewer, role=Member.Role.VIEWER)
    for stranger in (a_user(), viewer):
        with pytest.raises(NotAtCounter):
            show_code(merchant=merchant, by=stranger, coins=1, key=uuid.uuid4(), now=NOW)


def test_who_serves_gets_nothing() -> None:
    merchant = a_merchant(coins=100)
    clerk = open_holder(user=owner_of(merchant), now=NOW)
    with pytest.raises(OwnCounter):
        claim_code(code=a_code(merchant), claimer=clerk, now=NOW)


def test_a_merchant_pays_one_person_so_often_a_day() -> None:
    a_policy("merchant.claims_per_day_max", 2)
    merchant, holder = a_merchant(coins=100), a_holder()
    for _ in range(2):
        claim_code(code=a_code(merchant), claimer=holder, now=NOW)
    with pytest.raises(CounterLimitPassed):
        claim_code(code=a_code(merchant), claimer=holder, now=NOW)
    tomorrow = NOW + timedelta(days=1)
    claim_code(code=a_code(merchant, now=tomorrow), claimer=holder, now=tomorrow)
    assert coins(holder) == 30


def test_a_full_or_frozen_wallet_and_a_frozen_merchant_are_refused() -> None:
    a_policy("wallet.coins_max", 5, scope="tier.0")
    merchant, holder = a_merchant(coins=100), a_holder()
    code = a_code(merchant)
    with pytest.raises(WalletFull):
        claim_code(code=code, claimer=holder, now=NOW)
    freeze_holder(holder=merchant.holder, now=NOW)
    with pytest.raises(HolderFrozen):
        a_code(merchant)
    with pytest.raises(HolderFrozen):
        claim_code(code=code, claimer=a_holder(), now=NOW)
    freeze_holder(holder=holder, now=NOW)
    with pytest.raises(HolderFrozen):
        claim_code(code=code, claimer=holder, now=NOW)
    assert not CounterCode.objects.exclude(claimer=None).exists()


def test_funding_comes_from_a_sponsors_budget() -> None:
    merchant, sponsor, key = a_merchant(), a_sponsor(coins=50), uuid.uuid4()
    with pytest.raises(SponsorBudgetSpent):
        fund_merchant(sponsor=sponsor, merchant=merchant, coins=51, key=key, now=NOW)
    for _ in range(2):
        fund_merchant(sponsor=sponsor, merchant=merchant, coins=50, key=key, now=NOW)
    with pytest.raises(KeyReused):
        fund_merchant(sponsor=sponsor, merchant=merchant, coins=49, key=key, now=NOW)
    assert coins_in(merchant_budget(merchant.pk)) == 50


def test_guessing_codes_is_limited() -> None:
    code = a_code(a_merchant(coins=100))
    found = look_up_code(token=token_for(code), guesser="203.0.113.7", now=NOW)
    assert found == code
    for _ in range(20):
        with pytest.raises(UnknownCode):
            look_up_code(token="x" * 22, guesser="203.0.113.7", now=NOW)
    with pytest.raises(TooManyGuesses):
        look_up_code(token=token_for(code), guesser="203.0.113.7", now=NOW)


def test_the_proof_finds_a_code_that_was_not_paid() -> None:
    code = a_code(a_merchant(coins=100))
    CounterCode.objects.filter(pk=code.pk).update(claimer=a_holder(), claimed_at=NOW)
    assert not is_clean("merchants")
