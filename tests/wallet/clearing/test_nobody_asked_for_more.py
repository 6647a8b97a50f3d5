"""The books prove that a clearing asked no issuer for more than it owed, and find who was."""

import pytest

from ledger.proofs.queries import Finding, finding_of
from tests.given import MONTH, a_holder
from tests.given_clearing import (
    CARRIERS,
    a_traded_month,
    charge_fees,
    confirm_all,
    issue,
    retire,
    said,
    struck,
    take_back,
)
from wallet.clearing.models import ClearingLine
from wallet.clearing.proofs import PROOFS

pytestmark = pytest.mark.django_db
(PROOF,) = [proof for proof in PROOFS if proof.name == "nobody_asked_for_more"]


def found() -> Finding:
    return finding_of(PROOF)


def charge(issuer: str, coins: int, *, by: str) -> None:
    """Plant a change of what an issuer is charged for a carrier's redemptions."""
    lines = ClearingLine.objects.filter(
        side="charge", statement__carrier=issuer, counterpart=by, statement__clearing=MONTH
    )
    assert lines.update(coins=coins) == 1


def test_a_month_as_it_is_struck_is_clean_before_and_after_it_is_retired() -> None:
    a_traded_month()
    clearing = struck()
    assert found().is_clean
    assert found().examined == 2 * len(CARRIERS) + 1
    confirm_all(clearing)
    for each in clearing.statements.all():
        retire(each)
    assert found().is_clean


def test_an_issuer_charged_by_others_for_more_than_it_owes_is_named() -> None:
    a_traded_month()
    clearing = struck()
    assert clearing.outstanding == {"CT": 3_000, "CU": 1_000}
    charge("CU", 901, by="CM")  # CT charges 100 more
    assert (found().broken, found().first_broken) == (
        2,
        "2026-11: 1 coins charged beyond what is owed, nobody owes 0",
    )
    charge("CU", 900, by="CM")
    assert found().is_clean


def test_a_carrier_that_bears_what_others_owe_is_a_fault_of_the_sharing() -> None:
    a_traded_month()
    struck()
    charge("CT", 2_601, by="CT")  # others charge 780, and together they owe enough
    assert (found().broken, found().first_broken) == (
        1,
        "2026-11: 381 coins charged beyond what is owed, nobody owes 0",
    )


def test_more_taken_to_be_owed_than_the_books_say_is_named() -> None:
    a_traded_month()
    clearing = struck()
    clearing.outstanding["CT"] += 1
    clearing.save()
    assert found().first_broken == (
        "issuer CT, 2026-11: 3001 coins taken to be owed, the books say 3000"
    )


def test_what_nobody_owes_is_borne_by_its_carrier_and_no_fault() -> None:
    holder = a_holder(coins=50, tier=1)  # nobody issued these
    issue("CT", 20, to=holder)
    charge_fees("CM", 30, holder=holder)
    assert said(struck()) == {"CT": {"CM": 20}, "CM": {"CM": 10}}
    assert found().is_clean
    charge("CM", 11, by="CM")
    assert not found().is_clean


def test_a_carrier_that_gives_coins_back_lets_another_bear_what_nobody_owes() -> None:
    holder = a_holder(coins=200, tier=1)  # nobody issued these
    issue("CT", 60, to=holder)
    charge_fees("CM", 100, holder=holder)
    take_back("CU", 50, holder=holder)
    assert said(struck()) == {"CT": {"CM": 60}, "CM": {"CM": 40}, "CU": {"CU": -50}}
    assert found().is_clean
    charge("CM", 41, by="CM")
    assert not found().is_clean
