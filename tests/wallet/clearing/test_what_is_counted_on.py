"""A line that takes something off stays in once a later clearing or a booked statement counts on it."""

import uuid
from datetime import timedelta

import pytest

from ledger.adjustments.operations import approve_proposal, propose_adjustment
from ledger.adjustments.rules import Person
from ledger.proofs.queries import finding_of
from ledger.queries import coins_in
from ledger.registry import proofs
from ledger.rules import COIN, Leg, month_after
from tests.given import MONTH, a_holder, a_user
from tests.given_clearing import (
    IN_DECEMBER,
    charge_fees,
    confirm_all,
    issue,
    retire,
    said,
    statement,
    struck,
    take_back,
)
from wallet.clearing.models import Clearing, ClearingLine
from wallet.clearing.operations import (
    LineCountedOn,
    answer_dispute,
    approve_clearing_step,
    dispute_line,
    propose_leaving_out,
)
from wallet.holders.models import Holder

pytestmark = pytest.mark.django_db
DECEMBER = month_after(MONTH)
IN_JANUARY = IN_DECEMBER + timedelta(days=31)
OURS = {
    "statements_resolve",
    "redemptions_charged",
    "statements_booked",
    "nobody_asked_for_more",
    "issuers",
}


def broken() -> list[str]:
    found = [finding_of(one) for one in proofs() if one.name in OURS]
    return [f"{one.name}: {one.first_broken}" for one in found if not one.is_clean]


def a_month_with_something_given_back() -> tuple[Holder, Clearing, ClearingLine]:
    """Strike a month in which CM redeemed 900 coins and gave 300 back; CM disputes these.

    CT issued 3,000 and CU 1,000: the 600 are asked of them at three to one.
    """
    holder = a_holder(tier=1)
    issue("CT", 3_000, to=holder)
    issue("CU", 1_000, to=holder)
    charge_fees("CM", 900, holder=holder)
    take_back("CM", 300, holder=holder)
    clearing = struck()
    assert said(clearing) == {"CT": {"CM": 450}, "CU": {"CM": 150}}
    confirm_all(clearing)
    line = statement("CM", clearing).lines.get(side="credit", coins=-300)
    return holder, clearing, disputed(line)


def disputed(line: ClearingLine) -> ClearingLine:
    return dispute_line(line=line, reason="我们没有退过", by=a_user(), now=IN_DECEMBER)


def leave_out(line: ClearingLine) -> None:
    step = propose_leaving_out(
        line=line, reason="Ask on.", by=a_user(), key=uuid.uuid4(), now=IN_DECEMBER
    )
    approve_clearing_step(step=step, by=a_user(), now=IN_DECEMBER)


def adjusted(coins: int) -> None:
    """Have two of our staff put coins right between CT, who pays them, and CM, who is short."""
    one, another = (
        Person(id=a_user().pk, roles=frozenset({role}), address="127.0.0.1")
        for role in ("adjuster", "approver")
    )
    made = propose_adjustment(
        legs=(Leg("issuer/CT", COIN, -coins), Leg("carrier/CM/payable", COIN, coins)),
        reason="CM never gave these back.",
        by=one,
        key=uuid.uuid4(),
        now=IN_DECEMBER,
    )
    approve_proposal(proposal=made.pk, by=another, now=IN_DECEMBER)


def test_the_latest_clearings_is_left_out_while_nothing_of_it_is_booked() -> None:
    _holder, clearing, line = a_month_with_something_given_back()
    leave_out(line)
    assert said(clearing) == {"CT": {"CM": 675}, "CU": {"CM": 225}}
    states = ClearingLine.objects.filter(side="charge").values_list("state", flat=True)
    assert set(states) == {"open"}  # more is asked: it is to be confirmed anew
    december = struck(month=DECEMBER)
    assert said(december) == {"CT": {"CM": -225}, "CU": {"CM": -75}}
    assert broken() == []


def test_what_the_next_clearing_counts_on_stays_in() -> None:
    holder, clearing, line = a_month_with_something_given_back()
    charge_fees("CT", 400, holder=holder, now=IN_DECEMBER)
    december = struck(month=DECEMBER)
    # What November asks (600) is not owed any more.
    assert december.outstanding == {"CT": 2_550, "CU": 850}
    with pytest.raises(LineCountedOn):
        leave_out(line)
    assert said(clearing) == {"CT": {"CM": 450}, "CU": {"CM": 150}}
    assert broken() == []


def test_what_a_booked_statement_confirmed_is_not_raised() -> None:
    _holder, clearing, line = a_month_with_something_given_back()
    retire(statement("CU", clearing))
    with pytest.raises(LineCountedOn):
        leave_out(line)
    assert said(clearing) == {"CT": {"CM": 450}, "CU": {"CM": 150}}


def test_what_came_to_be_counted_on_is_refused_to_who_approves() -> None:
    _holder, clearing, line = a_month_with_something_given_back()
    step = propose_leaving_out(
        line=line, reason="Ask on.", by=a_user(), key=uuid.uuid4(), now=IN_DECEMBER
    )
    retire(statement("CU", clearing))
    with pytest.raises(LineCountedOn):
        approve_clearing_step(step=step, by=a_user(), now=IN_DECEMBER)
    line.refresh_from_db()
    assert line.state == "disputed"


def test_coins_an_issuer_gave_back_are_owed_too_and_others_count_on_them() -> None:
    holder = a_holder(tier=1)
    issue("CT", 500, to=holder)
    take_back("CT", 300, holder=holder)
    charge_fees("MV", 700, holder=holder)
    clearing = struck()
    # 800 are out: the 500, and those that CT had redeemed before.
    assert said(clearing) == {"CT": {"CT": -300, "MV": 700}}
    assert broken() == []
    line = disputed(statement("CT", clearing).lines.get(side="credit"))
    with pytest.raises(LineCountedOn):  # 100 are left to ask for, not 300
        leave_out(line)
    ClearingLine.objects.filter(counterpart="CT", side="charge").update(coins=-199)
    assert (
        "nobody_asked_for_more: issuer CT, 2026-11: others charge 700 coins, it owes 699"
        in broken()
    )


def test_what_was_redeemed_can_be_left_out_all_the_same() -> None:
    holder, clearing, _line = a_month_with_something_given_back()
    redeemed = statement("CM", clearing).lines.get(side="credit", coins=900)
    charge_fees("CT", 400, holder=holder, now=IN_DECEMBER)
    struck(month=DECEMBER)
    leave_out(disputed(redeemed))
    assert said(clearing) == {"CT": {"CM": -225}, "CU": {"CM": -75}}
    assert broken() == []


def test_the_difference_goes_through_the_next_clearing() -> None:
    _holder, november, line = a_month_with_something_given_back()
    adjusted(300)
    december = struck(month=DECEMBER)
    with pytest.raises(LineCountedOn):
        leave_out(line)
    answer = "十二月补记 300 币，计入当月月结单"
    answer_dispute(line=line, answer=answer, by=a_user(), now=IN_DECEMBER)
    for clearing in (november, december):
        confirm_all(clearing, now=IN_JANUARY)
        for each in clearing.statements.all():
            retire(each, now=IN_JANUARY)
    assert {issuer: sum(by.values()) for issuer, by in said(november).items()} == {
        "CT": 450,
        "CU": 150,
    }
    # CT paid the 300 at once, so it owes so many more; both bear them as they bear the rest.
    assert sum(sum(by.values()) for by in said(december).values()) == 300
    assert coins_in("carrier/CM/payable") == coins_in("fees/CM") == 0
    assert coins_in("issuer/CT") + coins_in("issuer/CU") == -4_000 + 600
    assert broken() == []
