"""Statements struck, spoken of, left out and retired."""

import uuid
from dataclasses import asdict
from typing import Any
from unittest.mock import patch

import pytest
from django.db import IntegrityError, transaction

from ledger.models import Transaction
from ledger.operations import post
from ledger.proofs.queries import finding_of
from ledger.queries import amount_at, coins_in
from ledger.refusals import KeyReused
from ledger.registry import proofs
from ledger.rules import CNY, Leg, Posting, month_after
from tests.given import MONTH, NOW, a_holder, a_user
from tests.given_clearing import (
    CARRIERS,
    IN_DECEMBER,
    a_traded_month,
    charge_fees,
    confirm_all,
    issue,
    retire,
    said,
    statement,
    struck,
)
from tests.given_own_data import a_policy
from wallet.clearing.models import (
    Clearing,
    ClearingLine,
    ClearingPayment,
    ClearingStatement,
    ClearingStep,
)
from wallet.clearing.operations import (
    LinesOpen,
    SamePerson,
    StatementRetired,
    StepDecided,
    StepOpen,
    approve_clearing_step,
    confirm_lines,
    decline_clearing_step,
    propose_leaving_out,
    propose_retirement,
)
from wallet.clearing.queries import (
    cause_of_clearing,
    credits_in,
    entries_behind,
    payments_due,
    prices_at,
    references_of,
    statements_waiting,
    sums_of,
)

pytestmark = pytest.mark.django_db
OURS = {
    "statements_resolve",
    "redemptions_charged",
    "statements_booked",
    "nobody_asked_for_more",
    "issuers",
}


def broken() -> set[str]:
    return {one.name for one in proofs() if one.name in OURS and not finding_of(one).is_clean}


def credit(found: ClearingStatement, *, coins: int) -> ClearingLine:
    return found.lines.select_related("statement").get(side="credit", coins=coins)


def said_of(**facts: Any) -> dict[str, Any]:
    return {"by": a_user(), "now": IN_DECEMBER, **facts}


def leave_out(line: ClearingLine) -> None:
    step = propose_leaving_out(line=line, **said_of(reason="Ask on.", key=uuid.uuid4()))
    approve_clearing_step(step=step, **said_of())


def test_each_carrier_has_what_it_redeemed_by_day_and_what_its_coins_are_charged() -> None:
    a_traded_month()
    clearing = struck()
    lines = statement("CM", clearing).lines.filter(side="credit").order_by("day", "-coins")
    assert [(one.account, one.kind, one.coins, one.transactions) for one in lines] == [
        ("payable", "convert_delivered", 600, 1),
        ("fees", "correction", 40, 1),
        ("payable", "convert_delivered", 400, 1),
    ]
    # Three to one, as the coins of CT and CU outstanding: 1,040 and 400 coins.
    assert said(clearing) == {"CT": {"CM": 780, "CT": 300}, "CU": {"CM": 260, "CT": 100}}
    assert clearing.outstanding == {"CT": 3_000, "CU": 1_000}
    # 4 fen a coin: CM gets 4,160, CT pays 3,120 and gets 400, CU pays 1,040 and 400.
    dues = [(one.debtor, one.creditor, one.fen) for one in payments_due(clearing)]
    assert dues == [("CT", "CM", 2_720), ("CU", "CM", 1_440)]
    sums = asdict(sums_of(statement("CT", clearing)))
    assert sums == {
        "credit_coins": 100,
        "credit_fen": 400,
        "charge_coins": 780,
        "charge_fen": 3_120,
        "own_coins": 300,
    }
    assert broken() == set()


def test_lines_resolve_to_transactions_and_to_the_references_carriers_know() -> None:
    a_traded_month()
    clearing = struck()
    line = credit(statement("CM", clearing), coins=600)
    (entry,) = entries_behind(line)
    assert (entry.amount, entry.transaction.kind) == (600, "convert_delivered")
    assert list(references_of([entry])) == [entry.transaction_id]
    charge = statement("CU", clearing).lines.select_related("statement").get(counterpart="CM")
    assert sorted(entry.amount for entry in entries_behind(charge)) == [40, 400, 600]


def test_a_statement_is_booked_by_two_persons_once_confirmed() -> None:
    a_traded_month()
    clearing = struck()
    held = statement("CM", clearing)
    proposer = a_user()
    facts: dict[str, Any] = {"statement": held, "reason": "Confirmed.", "by": proposer}
    with pytest.raises(LinesOpen):
        propose_retirement(**facts, key=uuid.uuid4(), now=IN_DECEMBER)
    confirm_all(clearing)
    key = uuid.uuid4()
    step = propose_retirement(**facts, key=key, now=IN_DECEMBER)
    assert propose_retirement(**facts, key=key, now=IN_DECEMBER) == step
    with pytest.raises(KeyReused):
        propose_retirement(**{**facts, "reason": "Other."}, key=key, now=IN_DECEMBER)
    with pytest.raises(StepOpen):
        propose_retirement(**facts, key=uuid.uuid4(), now=IN_DECEMBER)
    assert statements_waiting() == 1
    with pytest.raises(SamePerson):
        approve_clearing_step(step=step, by=proposer, now=IN_DECEMBER)
    for _ in range(2):
        approve_clearing_step(step=step, **said_of())
    assert (coins_in("carrier/CM/payable"), coins_in("fees/CM")) == (0, 0)
    assert coins_in("issuer/CT") == -3_000 + 780
    assert amount_at("issuer/CU/revenue", CNY) == 5_000 - 1_040
    assert amount_at("carrier/CM/cost", CNY) == 4_160
    booked = Transaction.objects.get(kind="clearing")
    assert booked.month == month_after(MONTH)
    cause = cause_of_clearing(booked.metadata)
    assert cause is not None
    assert cause.title == "运营商 CM 2026-11 的月结单"
    with pytest.raises(StatementRetired):
        confirm_lines(statement=held, lines=[], **said_of())
    with pytest.raises(StepDecided):
        decline_clearing_step(step=step, **said_of())
    assert broken() == set()


def test_payments_are_due_when_every_statement_is_booked() -> None:
    a_traded_month()
    clearing = struck()
    confirm_all(clearing)
    for carrier in ("CM", "CU"):
        retire(statement(carrier, clearing))
    assert not ClearingPayment.objects.exists()
    retire(statement("CT", clearing))
    payments = ClearingPayment.objects.order_by("-fen").values_list("debtor", "creditor", "fen")
    assert list(payments) == [("CT", "CM", 2_720), ("CU", "CM", 1_440)]
    clearing.refresh_from_db()
    assert clearing.settled_at == IN_DECEMBER
    assert broken() == set()


def test_prices_are_by_carrier_and_dated() -> None:
    a_policy("clearing.fen_per_1000_coins", 3_500, scope="CM")
    a_policy("clearing.fen_per_1000_coins", 9_999, scope="CT", now=IN_DECEMBER)
    assert prices_at(NOW) == {"CM": 3_500, "CT": 4_000, "CU": 4_000, "MV": 4_000}


def test_without_outstanding_coins_the_redeemer_bears_it_and_nothing_is_struck_of_nothing() -> None:
    holder = a_traded_month()
    assert credits_in(carrier="MV", month=MONTH) == []
    charge_fees("MV", 7, holder=holder)
    with patch("wallet.clearing.operations.strike.outstanding_at_end_of", return_value={"CU": 5}):
        clearing = struck()
    assert not ClearingStatement.objects.filter(carrier="CU", lines__side="credit").exists()
    assert said(clearing) == {
        "CU": {"CM": 5},
        "CM": {"CM": 1_035},
        "CT": {"CT": 400},
        "MV": {"MV": 7},
    }


def test_ties_of_several_carriers_ask_no_issuer_for_more_than_it_owes() -> None:
    holder = a_holder(tier=1)
    for issuer in ("CT", "CU"):
        issue(issuer, 2, to=holder)
    for carrier in CARRIERS:
        charge_fees(carrier, 1, holder=holder)
    clearing = struck()
    assert said(clearing) == {"CT": {"CM": 1, "CU": 1}, "CU": {"CT": 1, "MV": 1}}
    confirm_all(clearing)
    for carrier in CARRIERS:
        retire(statement(carrier, clearing))
    assert [coins_in(f"issuer/{issuer}") for issuer in ("CT", "CU")] == [0, 0]
    assert broken() == set()


def test_planted_faults_are_found() -> None:
    a_traded_month()
    clearing = struck()
    confirm_all(clearing)
    retire(statement("CM", clearing))
    line = credit(statement("CT", clearing), coins=400)
    ClearingLine.objects.filter(pk=line.pk).update(coins=401)
    assert broken() == {"statements_resolve", "redemptions_charged"}
    ClearingLine.objects.filter(pk=line.pk).update(coins=400)
    steps = ClearingStep.objects.filter(kind="retire")
    steps.update(outcome="declined")
    assert broken() == {"statements_booked"}
    steps.update(outcome="approved")
    retired = Transaction.objects.get(kind="clearing")
    legs = (("issuer/CT", "COIN", 5), ("carrier/CM/payable", "COIN", -5))
    post(
        Posting(
            id=uuid.uuid4(),
            kind="clearing",
            at=IN_DECEMBER,
            actor="test",
            legs=tuple(Leg(*leg) for leg in legs),
            metadata=retired.metadata,
        )
    )
    assert broken() == {"statements_booked", "issuers"}


def test_a_month_is_struck_once() -> None:
    a_traded_month()
    struck()
    assert Clearing.objects.count() == 1
    with pytest.raises(IntegrityError), transaction.atomic():
        struck()
