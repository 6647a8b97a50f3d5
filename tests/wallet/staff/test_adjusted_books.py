"""What two persons adjust or reverse leaves every proof of the wallet's books clean."""

from uuid import uuid4

import pytest
from django.utils import translation

from ledger.adjustments.models import Proposal
from ledger.adjustments.operations import approve_proposal, propose_adjustment
from ledger.models import Entry, Transaction
from ledger.proofs.queries import findings
from ledger.queries import coins_in
from ledger.rules import COIN, Leg, move
from tests import given
from tests.ledger.adjustments.world import WHY, a_reversal, controller
from wallet.holders.queries import main_of
from wallet.home.sentences import entry_words
from wallet.sponsors.queries import budget_of, budgets_left

pytestmark = pytest.mark.django_db


def adjusted(*legs: Leg) -> None:
    made = propose_adjustment(legs=legs, reason=WHY, by=controller(), key=uuid4(), now=given.NOW)
    approved(made)


def approved(made: Proposal) -> None:
    approve_proposal(proposal=made.pk, by=controller(), now=given.NOW)


def broken() -> list[str]:
    return [f"{one.name}: {one.first_broken}" for one in findings() if not one.is_clean]


def test_adjustments_stand_beside_what_they_correct() -> None:
    sponsor = given.a_sponsor(coins=1_000)
    campaign = given.a_campaign(sponsor, coins=400)
    holder = given.a_holder()
    number = holder.numbers.get()
    given.give_surplus(number, 100)
    budget = f"campaign/{campaign.pk}/budget"
    adjusted(*move(asset=COIN, amount=50, source="issuer/CT", target=main_of(holder)))
    adjusted(*move(asset=COIN, amount=30, source=budget, target=f"sponsor/{sponsor.pk}/budget"))
    surplus = "SURPLUS-CT-2026-11"
    line = f"line/{number.pk}/{given.PACKAGE}"
    adjusted(*move(asset=surplus, amount=10, source=line, target="carrier/CT/deposited"))
    assert coins_in(main_of(holder)) == 50
    assert budget_of(sponsor) == 630
    assert budgets_left([campaign.pk])[campaign.pk] == 370
    assert broken() == []


def test_reversals_stand_beside_what_they_reverse() -> None:
    sponsor = given.a_sponsor(coins=1_000)
    given.a_campaign(sponsor, coins=400)
    funded, paid = (
        Transaction.objects.get(kind=kind).pk for kind in ("campaign_funding", "purchase_order")
    )
    approved(a_reversal(funded, paid, by=controller(), at=given.NOW))
    assert budget_of(sponsor) == 0
    assert broken() == []


def test_a_holder_reads_what_it_was() -> None:
    holder = given.a_holder()
    adjusted(*move(asset=COIN, amount=50, source="system/expired", target=main_of(holder)))
    adjustment = Transaction.objects.get(kind="adjustment").pk
    approved(a_reversal(adjustment, by=controller(), at=given.NOW))
    lines = Entry.objects.filter(account__address=main_of(holder)).order_by("id")
    with translation.override("en"):
        assert [entry_words(entry) for entry in lines] == [
            "Adjusted by hand (in)",
            "Taken back (reversed)",
        ]
