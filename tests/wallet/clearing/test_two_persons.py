"""What carriers dispute is answered or left out, and two persons decide."""

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from ledger.proofs.queries import finding_of
from ledger.queries import coins_in
from ledger.registry import proofs
from ledger.rules import month_after
from tests.given import MONTH, a_user
from tests.given_clearing import (
    IN_DECEMBER,
    a_traded_month,
    confirm_all,
    redeem,
    retire,
    said,
    statement,
    struck,
)
from wallet.clearing.models import (
    ClearingLine,
    ClearingStatement,
    ClearingStep,
)
from wallet.clearing.operations import (
    BadClearingText,
    ChargeDisputed,
    LineLeftOut,
    LinesOpen,
    NothingDisputed,
    StepDecided,
    answer_dispute,
    approve_clearing_step,
    confirm_lines,
    decline_clearing_step,
    dispute_line,
    propose_leaving_out,
    propose_retirement,
)
from wallet.clearing.queries import (
    entries_behind,
    statements_waiting,
)
from wallet.holders.rules import UnknownId

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


def test_a_dispute_is_answered_and_confirmed_or_the_line_waits_for_the_next_month() -> None:
    a_traded_month()
    clearing = struck()
    confirm_all(clearing)
    held = statement("CM", clearing)
    line = credit(held, coins=400)
    dispute_line(line=line, **said_of(reason="我们没有这一笔"))
    with pytest.raises(LinesOpen):
        retire(held)
    assert statements_waiting() == 1
    answered = answer_dispute(line=line, **said_of(answer="11-17，见日账"))
    assert (answered.state, answered.reason) == ("open", "我们没有这一笔")
    with pytest.raises(NothingDisputed):
        answer_dispute(line=line, **said_of(answer="再说一次"))
    with pytest.raises(NothingDisputed):
        leave_out(line)
    dispute_line(line=line, **said_of(reason="还是没有"))
    leave_out(line)
    with pytest.raises(LineLeftOut):
        dispute_line(line=line, **said_of(reason="又有了"))
    with pytest.raises(LineLeftOut):
        confirm_lines(statement=held, lines=[line.pk], **said_of())
    # 640 of CM's stay: what others are charged for them is confirmed anew.
    assert said(clearing) == {"CT": {"CM": 480, "CT": 300}, "CU": {"CM": 160, "CT": 100}}
    states = statement("CU", clearing).lines.values_list("counterpart", "state")
    assert dict(states) == {"CM": "open", "CT": "confirmed"}
    confirm_all(clearing)
    retire(held)
    assert coins_in("carrier/CM/payable") == 400
    assert broken() == set()


def test_what_was_left_out_stands_in_the_next_months_statement() -> None:
    holder = a_traded_month()
    clearing = struck()
    line = credit(statement("CM", clearing), coins=400)
    dispute_line(line=line, **said_of(reason="没有"))
    leave_out(line)
    confirm_all(clearing)
    retire(statement("CM", clearing))
    redeem(holder, 5, carrier="CM", now=IN_DECEMBER)
    december = struck(month=month_after(MONTH))
    brought = statement("CM", december).lines.get(origin=line)
    assert (brought.coins, brought.month) == (400, MONTH)
    (entry,) = entries_behind(brought)
    assert entry.amount == 400
    # CU's statement of November is not booked: its share of CT's 400 coins is spoken for.
    assert december.outstanding == {"CT": 3_000 - 480 - 300, "CU": 1_000 - 160 - 100}
    confirm_all(december)
    retire(statement("CM", december), now=IN_DECEMBER + timedelta(days=31))
    assert coins_in("carrier/CM/payable") == 0
    assert broken() == set()


def test_a_charge_disputed_by_its_issuer_holds_the_redeemers_statement() -> None:
    a_traded_month()
    clearing = struck()
    confirm_all(clearing)
    charge = statement("CU", clearing).lines.select_related("statement").get(counterpart="CM")
    dispute_line(line=charge, **said_of(reason="份额不对"))
    with pytest.raises(ChargeDisputed):
        retire(statement("CM", clearing))
    with pytest.raises(NothingDisputed):
        leave_out(charge)
    retire(statement("CT", clearing))


def test_a_declined_proposal_can_be_made_again() -> None:
    a_traded_month()
    clearing = struck()
    confirm_all(clearing)
    held = statement("CM", clearing)
    facts: dict[str, Any] = {"statement": held, "reason": "Confirmed."}
    step = propose_retirement(**facts, key=uuid.uuid4(), **said_of())
    for _ in range(2):
        decline_clearing_step(step=step, **said_of())
    with pytest.raises(StepDecided):
        approve_clearing_step(step=step, **said_of())
    assert propose_retirement(**facts, key=uuid.uuid4(), **said_of()) != step


def test_only_a_statements_own_lines_and_readable_words_are_taken() -> None:
    a_traded_month()
    clearing = struck()
    theirs = credit(statement("CM", clearing), coins=400)
    with pytest.raises(UnknownId):
        confirm_lines(statement=statement("CT", clearing), lines=[theirs.pk], **said_of())
    for text in ("", " ", "x" * 501, "\x00"):
        with pytest.raises(BadClearingText):
            dispute_line(line=theirs, **said_of(reason=text))
    with pytest.raises(BadClearingText):
        propose_leaving_out(
            line=dispute_line(line=theirs, **said_of(reason="?")),
            **said_of(reason="", key=uuid.uuid4()),
        )


def test_the_database_wants_two_persons() -> None:
    a_traded_month()
    clearing = struck()
    confirm_all(clearing)
    one = a_user()
    step = propose_retirement(
        statement=statement("CM", clearing),
        reason="Confirmed.",
        by=one,
        key=uuid.uuid4(),
        now=IN_DECEMBER,
    )
    with pytest.raises(IntegrityError), transaction.atomic():
        ClearingStep.objects.filter(pk=step.pk).update(
            decided_by=one, decided_at=IN_DECEMBER, outcome="approved"
        )
