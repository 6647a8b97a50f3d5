"""Whatever order events, sweeps and days come in, no coin of a task is made or lost."""

from contextlib import suppress
from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from django.db import transaction
from hypothesis import given as drawn
from hypothesis import settings
from hypothesis import strategies as st

from ledger.proofs.queries import findings
from ledger.queries import coins_in
from ledger.refusals import KeyReused
from tests import given
from tests.wallet.earn.signing import sponsor_of
from wallet.earn.models import Earning, EarningStage
from wallet.earn.operations import (
    EarningEnded,
    EventOutOfOrder,
    UnknownEvent,
    lapse_earnings,
    receive_postback,
    vest_due_stages,
)
from wallet.earn.rules import earning_address
from wallet.holders.queries import main_of
from wallet.sponsors.rules import campaign_budget

EXPECTED = (EarningEnded, EventOutOfOrder, KeyReused, UnknownEvent)
STEPS = st.lists(
    st.tuples(
        st.sampled_from(["install", "day1", "day7", "purchase", "vest", "lapse"]),
        st.integers(0, 200),  # hours later
        st.integers(1, 4),  # which message
    ),
    max_size=12,
)


@pytest.mark.django_db
@settings(max_examples=30, deadline=None)
@drawn(STEPS)
def test_coins_are_conserved(steps: list[tuple[str, int, int]]) -> None:
    with transaction.atomic():
        earning = given.an_earning()
        run, now = uuid4().hex, given.NOW
        for step, hours, message in steps:
            now += timedelta(hours=hours)
            _take(earning, step, message_id=f"{run}{message}", now=min(now, _LATEST))
            _check(earning)
        assert all(found.is_clean for found in findings())
        transaction.set_rollback(True)


_LATEST = given.NOW + timedelta(days=300)


def _take(earning: Earning, step: str, *, message_id: str, now: datetime) -> None:
    if step == "vest":
        vest_due_stages(now=now, limit=10)
        return
    if step == "lapse":
        lapse_earnings(now=now, limit=10)
        return
    with suppress(*EXPECTED), transaction.atomic():
        receive_postback(
            sponsor=sponsor_of(earning),
            message_id=message_id,
            earning_id=earning.pk,
            event=step,
            happened_at=now,
            now=now,
        )


def _check(earning: Earning) -> None:
    held = coins_in(earning_address(earning.pk))
    paid = coins_in(main_of(earning.holder))
    left = coins_in(campaign_budget(earning.task.campaign_id))
    assert held + paid + left == 1_000
    stages = {stage.event: stage for stage in earning.stages.all()}
    vested = [one.coins for one in stages.values() if one.state == EarningStage.State.VESTED]
    assert paid == sum(vested)
    if stages["install"].proved_at is None:
        assert paid == 0
    earning.refresh_from_db()
    open_states = {EarningStage.State.WAITING, EarningStage.State.PROVED}
    is_open = any(one.state in open_states for one in stages.values())
    assert is_open == (earning.state == Earning.State.STARTED) == (held > 0)
