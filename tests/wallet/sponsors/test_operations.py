"""A sponsor buys coins, gives them to campaigns, and no more than it has."""

from uuid import uuid4

import pytest

from ledger.operations import post
from ledger.proofs.queries import findings
from ledger.queries import amount_at, coins_in
from ledger.refusals import KeyReused
from ledger.rules import CNY, COIN, Posting, move
from tests import given
from wallet.holders.models import Member
from wallet.holders.operations import BadAmount, BadName, HolderFrozen, freeze_holder
from wallet.holders.queries import main_of
from wallet.sponsors.models import Campaign, PurchaseOrder, Sponsor
from wallet.sponsors.operations import (
    BadCampaignName,
    SponsorBudgetSpent,
    UnknownIssuer,
    fund_campaign,
    launch_campaign,
    open_sponsor,
    pause_campaign,
    pay_purchase_order,
    resume_campaign,
    rotate_postback_secret,
)
from wallet.sponsors.queries import budget_of, budgets_left, secret_of
from wallet.sponsors.rules import campaign_budget

pytestmark = pytest.mark.django_db

KEY = uuid4()


def paid(sponsor: Sponsor, *, coins: int = 100, price_fen: int = 250) -> PurchaseOrder:
    return pay_purchase_order(
        sponsor=sponsor,
        issuer=given.a_carrier("CU").code,
        coins=coins,
        price_fen=price_fen,
        paid_by="admin/1",
        key=KEY,
        now=given.NOW,
    )


def is_clean() -> bool:
    return all(found.is_clean for found in findings())


def test_a_sponsor_opens_with_its_owner() -> None:
    owner = given.a_user()
    sponsor = open_sponsor(name="乐视", owner=owner, now=given.NOW)
    members = Member.objects.filter(organisation=sponsor.holder)
    assert [(one.user, one.role) for one in members] == [(owner, Member.Role.OWNER)]


def test_a_sponsor_needs_a_name() -> None:
    with pytest.raises(BadName):
        open_sponsor(name=" ", owner=given.a_user(), now=given.NOW)


def test_a_paid_order_moves_coins_and_books_the_price() -> None:
    sponsor = given.a_sponsor()
    order = paid(sponsor)
    assert budget_of(sponsor) == 100
    assert amount_at("issuer/CU", "COIN") == -100
    assert amount_at("issuer/CU/revenue", CNY) == 250
    assert amount_at(f"sponsor/{sponsor.pk}/receivable", CNY) == -250
    assert paid(sponsor) == order
    assert budget_of(sponsor) == 100
    assert is_clean()


def test_a_key_names_one_order() -> None:
    sponsor = given.a_sponsor()
    paid(sponsor)
    with pytest.raises(KeyReused) as refused:
        paid(sponsor, price_fen=251)
    assert refused.value.fields == {"field": "price_fen"}


def test_an_order_needs_an_issuer_and_amounts() -> None:
    sponsor = given.a_sponsor()
    with pytest.raises(UnknownIssuer):
        pay_purchase_order(
            sponsor=sponsor,
            issuer="XX",
            coins=1,
            price_fen=1,
            paid_by="admin/1",
            key=KEY,
            now=given.NOW,
        )
    for coins, price_fen in ((0, 1), (1, 0), (2**63, 1), (1, -5)):
        with pytest.raises(BadAmount):
            paid(sponsor, coins=coins, price_fen=price_fen)


def test_a_campaign_takes_its_coins_from_the_sponsors_budget() -> None:
    sponsor = given.a_sponsor(coins=500)
    campaign = launch_campaign(sponsor=sponsor, name="开学", coins=300, key=KEY, now=given.NOW)
    again = launch_campaign(sponsor=sponsor, name="开学", coins=300, key=KEY, now=given.NOW)
    assert again == campaign
    assert coins_in(campaign_budget(campaign.pk)) == 300
    assert budget_of(sponsor) == 200
    fund_campaign(campaign=campaign, coins=200, key=KEY, now=given.NOW)
    fund_campaign(campaign=campaign, coins=200, key=KEY, now=given.NOW)
    assert budgets_left([campaign.pk]) == {campaign.pk: 500}
    assert budget_of(sponsor) == 0
    assert is_clean()


def test_a_campaign_cannot_take_more_than_is_there() -> None:
    sponsor = given.a_sponsor(coins=500)
    with pytest.raises(SponsorBudgetSpent) as refused:
        launch_campaign(sponsor=sponsor, name="开学", coins=501, key=KEY, now=given.NOW)
    assert refused.value.fields == {"coins": 501, "left": 500}
    campaign = given.a_campaign(sponsor, coins=400)
    with pytest.raises(SponsorBudgetSpent):
        fund_campaign(campaign=campaign, coins=101, key=KEY, now=given.NOW)


def test_a_key_names_one_campaign_and_one_top_up() -> None:
    sponsor = given.a_sponsor(coins=500)
    campaign = launch_campaign(sponsor=sponsor, name="开学", coins=100, key=KEY, now=given.NOW)
    with pytest.raises(KeyReused):
        launch_campaign(sponsor=sponsor, name="开学", coins=101, key=KEY, now=given.NOW)
    with pytest.raises(KeyReused):
        launch_campaign(sponsor=sponsor, name="国庆", coins=100, key=KEY, now=given.NOW)
    fund_campaign(campaign=campaign, coins=5, key=KEY, now=given.NOW)
    with pytest.raises(KeyReused):
        fund_campaign(campaign=campaign, coins=6, key=KEY, now=given.NOW)


def test_bad_campaigns_are_refused() -> None:
    sponsor = given.a_sponsor(coins=500)
    for name in ("", " ", "长" * 65):
        with pytest.raises(BadCampaignName):
            launch_campaign(sponsor=sponsor, name=name, coins=1, key=KEY, now=given.NOW)
    with pytest.raises(BadAmount):
        launch_campaign(sponsor=sponsor, name="开学", coins=0, key=KEY, now=given.NOW)


def test_a_frozen_sponsor_moves_nothing() -> None:
    sponsor = given.a_sponsor(coins=500)
    freeze_holder(holder=sponsor.holder, now=given.NOW)
    with pytest.raises(HolderFrozen):
        launch_campaign(sponsor=sponsor, name="开学", coins=1, key=KEY, now=given.NOW)


def test_a_campaign_pauses_and_resumes() -> None:
    campaign = given.a_campaign()
    assert pause_campaign(campaign=campaign).state == Campaign.State.PAUSED
    assert resume_campaign(campaign=campaign).state == Campaign.State.LIVE


def test_a_rotated_secret_is_another() -> None:
    sponsor = given.a_sponsor()
    before = secret_of(sponsor)
    assert before.startswith("whsec_")
    assert secret_of(Sponsor.objects.get(pk=sponsor.pk)) == before
    assert secret_of(given.a_sponsor()) != before
    assert secret_of(rotate_postback_secret(sponsor=sponsor, now=given.NOW)) != before


def test_the_proof_of_issuers_sees_coins_from_nowhere() -> None:
    legs = move(asset=COIN, amount=7, source="issuer/CT", target=main_of(given.a_holder()))
    post(Posting(id=uuid4(), kind="correction", at=given.NOW, actor="test", legs=legs))
    broken = {found.name for found in findings() if not found.is_clean}
    assert broken == {"issuers"}


def test_the_proof_of_sponsors_sees_a_missing_order() -> None:
    sponsor = given.a_sponsor(coins=500)
    PurchaseOrder.objects.filter(sponsor_id=sponsor.pk).update(coins=499)
    broken = {found.name for found in findings() if not found.is_clean}
    assert broken == {"issuers", "sponsors"}
