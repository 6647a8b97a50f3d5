"""Buying: one key buys once, at the price shown, what is on sale, and nothing else."""

from dataclasses import replace
from uuid import uuid4

import pytest

from ledger.queries import coins_in
from ledger.refusals import KeyReused
from tests import given
from tests.given_catalog import a_partner, an_offer, buy, goods, stocked, switch, switch_all_on
from tests.given_merchants import a_merchant
from tests.wallet.catalog.world import places
from wallet.carriers.models import Carrier, Instruction
from wallet.carriers.rules import MsisdnUnreadable
from wallet.catalog.models import Partner, Product, Purchase
from wallet.catalog.operations import (
    KindSwitchedOff,
    MerchantIsPartner,
    PointsLimitPassed,
    PriceChanged,
    ProductNotOffered,
    fetch_products,
    open_partner,
)
from wallet.catalog.queries import products_on_sale
from wallet.catalog.rules import BadPartnerCode, Kind
from wallet.holders.models import Holder
from wallet.holders.operations import HolderFrozen, NotEnoughCoins, freeze_holder
from wallet.holders.queries import main_of
from wallet.holders.rules import BadAmount

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clean_books")]


@pytest.fixture
def partner() -> Partner:
    return stocked(a_partner())


@pytest.fixture
def holder() -> Holder:
    return given.a_holder(coins=100)


@pytest.mark.usefixtures("partner")
def test_coins_wait_until_the_partner_proved_it(holder: Holder) -> None:
    row = buy(holder, count=2)
    assert places(row) == (40, 60, 0, 0)
    asked = row.instruction
    assert (asked.pk, asked.kind, asked.product, asked.mb) == (row.pk, "submit", "music-month", 2)


@pytest.mark.usefixtures("partner")
def test_the_same_key_buys_once(holder: Holder) -> None:
    key = uuid4()
    first = buy(holder, key=key)
    assert buy(holder, key=key) == first
    assert (Purchase.objects.count(), Instruction.objects.count()) == (1, 1)
    assert coins_in(main_of(holder)) == 70
    for other in ({"count": 2}, {"msisdn": given.an_msisdn()}, {"sku": "comics-week"}):
        with pytest.raises(KeyReused):
            buy(holder, key=key, **other)


@pytest.mark.usefixtures("partner")
def test_what_is_switched_off_is_neither_shown_nor_sold(holder: Holder) -> None:
    assert {row.kind for row in products_on_sale(now=given.NOW)} == {"content"}
    with pytest.raises(KindSwitchedOff):
        buy(holder, "airtime-10")
    switch("airtime")
    switch("content", on=False)
    assert {row.kind for row in products_on_sale(now=given.NOW)} == {"airtime"}
    with pytest.raises(KindSwitchedOff):
        buy(holder)


def test_one_partner_may_be_switched_off_alone(holder: Holder, partner: Partner) -> None:
    switch("content", on=False, scope=partner.pk)
    assert products_on_sale(now=given.NOW) == []
    with pytest.raises(KindSwitchedOff):
        buy(holder)


def test_what_left_the_shelf_is_not_sold_and_comes_back(holder: Holder, partner: Partner) -> None:
    class Emptied:
        carrier = partner.pk

        def offers(self) -> list[object]:
            return [an_offer("comics-week")]

    fetch_products(shop=Emptied(), now=given.NOW)  # type: ignore[arg-type]
    assert [row.sku for row in products_on_sale(now=given.NOW)] == ["comics-week"]
    with pytest.raises(ProductNotOffered):
        buy(holder)
    stocked(partner)
    assert buy(holder).coins == 30


def test_a_partner_without_a_server_sells_nothing(holder: Holder, partner: Partner) -> None:
    Carrier.parties.filter(pk=partner.pk).update(base_url="")
    assert products_on_sale(now=given.NOW) == []
    with pytest.raises(ProductNotOffered):
        buy(holder)


@pytest.mark.usefixtures("partner")
def test_another_price_than_the_one_shown_is_refused(holder: Holder) -> None:
    with pytest.raises(PriceChanged) as refused:
        buy(holder, coins=29)
    assert refused.value.fields == {"coins": 30}
    assert coins_in(main_of(holder)) == 100


@pytest.mark.usefixtures("partner")
def test_what_cannot_be_asked_is_refused(holder: Holder) -> None:
    with pytest.raises(BadAmount):
        buy(holder, count=21)
    with pytest.raises(MsisdnUnreadable):
        buy(holder, msisdn="12")
    with pytest.raises(NotEnoughCoins):
        buy(holder, "video-month", count=2)
    freeze_holder(holder=holder, now=given.NOW)
    with pytest.raises(HolderFrozen):
        buy(holder)
    assert coins_in(main_of(holder)) == 100


@pytest.mark.usefixtures("partner")
def test_points_out_are_capped_a_day() -> None:
    switch_all_on()
    holder = given.a_holder(coins=2_000)
    for _ in range(4):
        buy(holder, "points-100", count=20)  # 240 coins each
    with pytest.raises(PointsLimitPassed) as refused:
        buy(holder, "points-100", count=4)
    assert refused.value.fields == {"coins_max": 1_000, "left": 40}
    assert buy(holder, "points-100", count=3).coins == 36
    tomorrow = given.NOW.replace(day=given.NOW.day + 1, hour=0, minute=0)
    assert buy(holder, "points-100", count=20, now=tomorrow).coins == 240


def test_a_partner_is_let_in_once(partner: Partner) -> None:
    again = open_partner(
        code=partner.pk,
        name_zh="牛牛好物",
        name_en="Niuniu Goods",
        merchant=partner.merchant,
        base_url="http://127.0.0.1:2",
        now=given.NOW,
    )
    assert (again, Carrier.parties.get(pk=partner.pk).name_zh) == (partner, "牛牛好物")
    named = {"name_zh": "别家", "name_en": "Other", "base_url": "", "now": given.NOW}
    with pytest.raises(MerchantIsPartner):
        open_partner(code="OTH", merchant=partner.merchant, **named)  # type: ignore[arg-type]
    with pytest.raises(MerchantIsPartner):
        open_partner(code=partner.pk, merchant=a_merchant(), **named)  # type: ignore[arg-type]
    for code in ("CT", "x", "TOOLONG", "A1"):
        with pytest.raises(BadPartnerCode):
            open_partner(code=code, merchant=a_merchant(), **named)  # type: ignore[arg-type]


def test_partners_are_no_carriers(partner: Partner) -> None:
    assert partner.pk not in set(Carrier.objects.values_list("pk", flat=True))
    assert Carrier.parties.filter(pk=partner.pk).exists()


def test_another_kind_under_the_same_name_is_another_product(
    holder: Holder, partner: Partner
) -> None:
    before = buy(holder).product
    offer = an_offer("music-month")

    class Turned:
        carrier = partner.pk

        def offers(self) -> list[object]:
            return [replace(offer, kind=Kind.MALL)]

    fetch_products(shop=Turned(), now=given.NOW)  # type: ignore[arg-type]
    before.refresh_from_db()
    assert (before.kind, before.is_offered) == ("content", False)
    assert Product.objects.get(sku="music-month", is_offered=True).kind == "mall"
    assert goods("comics-week").is_offered is False
