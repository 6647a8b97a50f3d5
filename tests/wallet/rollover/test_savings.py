"""Deposited data saved as coins: to the last hundredth, never twice."""

import uuid
from datetime import timedelta

import pytest
from hypothesis import given as having
from hypothesis import settings
from hypothesis import strategies as some

from ledger.proofs.queries import findings
from ledger.queries import amount_at, coins_in
from ledger.refusals import KeyReused
from ledger.rules import COIN
from tests.given import NOW, PACKAGE, a_holder, a_number, client_of, give_surplus
from tests.given_own_data import a_policy, a_rate
from wallet.holders.models import Holder, Number
from wallet.holders.operations import HolderFrozen, NotEnoughData, WalletFull, freeze_holder
from wallet.holders.queries import main_of
from wallet.holders.rules import BadAmount, UnknownId
from wallet.rollover.models import Saving
from wallet.rollover.operations.savings import SavingOff, save_as_coins
from wallet.rollover.queries import saving_offers
from wallet.rollover.rules import coins_due

pytestmark = pytest.mark.django_db
SURPLUS = "SURPLUS-CT-2026-11"


@pytest.fixture
def holder() -> Holder:
    holder = a_holder()
    a_rate("CT", 80)
    give_surplus(own(holder), 1_000)
    return holder


def own(holder: Holder) -> Number:
    found = holder.numbers.order_by("added_at", "id").first()
    assert found is not None
    return found


def save(
    holder: Holder, mb: int, *, number: Number | None = None, key: uuid.UUID | None = None
) -> Saving:
    return save_as_coins(
        holder=holder,
        number=number or own(holder),
        package=PACKAGE,
        mb=mb,
        key=key or uuid.uuid4(),
        now=NOW,
    )


def test_the_carrier_buys_the_data_and_owes_the_coins(holder: Holder) -> None:
    before = amount_at("issuer/CT", COIN)
    assert save(holder, 500).coins == 400
    assert coins_in(main_of(holder)) == 400
    assert amount_at("issuer/CT", COIN) == before - 400
    assert amount_at("carrier/CT/bought", SURPLUS) == 500
    assert amount_at(f"line/{own(holder).pk}/{PACKAGE}", SURPLUS) == 500


def test_small_savings_lose_nothing(holder: Holder) -> None:
    coins = [save(holder, 7).coins for _ in range(12)]
    assert sum(coins) == 12 * 7 * 80 // 100
    assert coins_in(main_of(holder)) == sum(coins)
    assert save(holder, 1).coins == (85 * 80) // 100 - sum(coins)


def test_a_saving_too_small_for_a_coin_counts_later(holder: Holder) -> None:
    assert [save(holder, 1).coins for _ in range(5)] == [0, 1, 1, 1, 1]


def test_each_saving_keeps_the_rate_of_its_day(holder: Holder) -> None:
    save(holder, 50)
    a_policy("deposit.rate_coins_per_100mb", 100, scope="CT", now=NOW + timedelta(hours=12))
    save(holder, 50)
    assert coins_in(main_of(holder)) == 90


@settings(max_examples=50, deadline=None)
@having(some.lists(some.tuples(some.integers(1, 10_000), some.integers(1, 100)), min_size=1))
def test_coins_are_what_all_savings_give_together(saved: list[tuple[int, int]]) -> None:
    hundredths = paid = 0
    for mb, rate in saved:
        hundredths += mb * rate
        coins = coins_due(hundredths=hundredths, paid_coins=paid)
        assert coins >= 0
        paid += coins
    assert paid == sum(mb * rate for mb, rate in saved) // 100


def test_the_same_key_saves_once(holder: Holder) -> None:
    key = uuid.uuid4()
    assert save(holder, 100, key=key) == save(holder, 100, key=key)
    assert coins_in(main_of(holder)) == 80
    with pytest.raises(KeyReused) as refused:
        save(holder, 101, key=key)
    assert refused.value.fields == {"field": "mb"}


def test_a_carrier_that_gives_nothing_refuses() -> None:
    holder = a_holder()
    give_surplus(own(holder), 100)
    with pytest.raises(SavingOff):
        save(holder, 100)
    assert saving_offers(holder=holder, carriers=["CT"], now=NOW) == []


def test_what_may_not_be_saved_is_refused(holder: Holder) -> None:
    with pytest.raises(BadAmount):
        save(holder, 0)
    with pytest.raises(NotEnoughData):
        save(holder, 1_001)
    with pytest.raises(UnknownId):
        save(holder, 1, number=a_number(a_holder()))
    a_policy("wallet.coins_max", 10, scope="tier.0")
    with pytest.raises(WalletFull):
        save(holder, 100)
    freeze_holder(holder=holder, now=NOW)
    with pytest.raises(HolderFrozen):
        save(holder, 1)
    assert not Saving.objects.exists()


def test_the_offer_tells_how_far_the_next_coin_is(holder: Holder) -> None:
    save(holder, 1)
    (offer,) = saving_offers(holder=holder, carriers=["CT", "CT"], now=NOW)
    assert (offer.saved.mb, offer.saved.coins, offer.mb_to_next_coin) == (1, 0, 1)


def found(name: str) -> bool:
    return next(one for one in findings() if one.name == name).is_clean


def test_the_proofs_know_savings_and_find_a_wrong_one(holder: Holder) -> None:
    row = save(holder, 100)
    assert found("savings")
    assert found("issuers")
    Saving.objects.filter(pk=row.pk).update(coins=79)
    assert not found("savings")
    assert not found("issuers")


def test_the_page_saves_and_shows_what_was_saved() -> None:
    from django.utils import timezone

    from tests import given
    from tests.carrying import attest
    from wallet.holders.rules import opaque_id

    given.open_ledger_today()
    holder = a_holder()
    month, now = given.this_month(), timezone.now()
    attest(own(holder), month=month, as_of=f"{month:%Y-%m}-01")
    give_surplus(own(holder), 1_000, month=month, now=now)
    assert "您的运营商现在不收流量换币" in client_of(holder).get("/savings/").content.decode()
    a_rate("CT", 80, now=now)
    choice = f"{opaque_id('num', own(holder).pk)}.{PACKAGE}"
    sent = {"package": choice, "mb": 100, "key": str(uuid.uuid4())}
    assert client_of(holder).post("/savings/", sent, format="multipart").status_code == 302
    page = client_of(holder).get("/savings/", headers={"accept-language": "en"}).content.decode()
    assert "100 MB → 80 coins" in page
    refused = client_of(holder).post(
        "/savings/", sent | {"mb": 5_000, "key": str(uuid.uuid4())}, format="multipart"
    )
    assert refused.status_code == 200
    assert coins_in(main_of(holder)) == 80
