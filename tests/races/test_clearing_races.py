"""A line is left out of a clearing while the next one reads what it asks."""

import uuid

import pytest
from django.db import transaction

from ledger.proofs.queries import finding_of
from ledger.rules import month_after
from tests.given import MONTH, a_holder, a_user
from tests.given_clearing import (
    IN_DECEMBER,
    charge_fees,
    issue,
    said,
    statement,
    struck,
    take_back,
)
from tests.races.threads import in_thread
from tests.waiting import WAIT_SECONDS_MAX, in_line
from wallet.clearing.operations import approve_clearing_step, dispute_line, propose_leaving_out
from wallet.clearing.proofs import PROOFS

pytestmark = pytest.mark.own_database


def test_the_next_clearing_waits_for_who_leaves_a_line_out() -> None:
    holder = a_holder(tier=1)
    issue("CT", 3_000, to=holder)
    charge_fees("CM", 900, holder=holder)
    take_back("CM", 300, holder=holder)
    november = struck()
    line = statement("CM", november).lines.select_related("statement").get(coins=-300)
    charge_fees("CT", 100, holder=holder, now=IN_DECEMBER)
    dispute_line(line=line, reason="我们没有退过", by=a_user(), now=IN_DECEMBER)
    step = propose_leaving_out(
        line=line, reason="Ask on.", by=a_user(), key=uuid.uuid4(), now=IN_DECEMBER
    )
    with transaction.atomic():
        approve_clearing_step(step=step, by=a_user(), now=IN_DECEMBER)
        striking = in_thread(lambda: struck(month=month_after(MONTH)))
        in_line(1)
    december = striking.result(WAIT_SECONDS_MAX)
    assert said(november) == {"CT": {"CM": 900}}
    assert december.outstanding == {"CT": 3_000 - 900}
    assert all(finding_of(proof).is_clean for proof in PROOFS)
