"""Many at once: one message counts once, one sweep pays, the last coins start one person."""

from collections import Counter
from collections.abc import Iterable
from datetime import timedelta
from uuid import uuid4

import pytest

from ledger.proofs.queries import findings
from ledger.queries import coins_in
from ledger.refusals import Refusal
from tests import given
from tests.races.threads import at_once
from tests.wallet.earn.signing import sponsor_of
from wallet.earn.models import Earning, Postback
from wallet.earn.operations import receive_postback, start_task, vest_due_stages
from wallet.earn.rules import earning_address
from wallet.holders.queries import main_of
from wallet.sponsors.rules import campaign_budget

pytestmark = pytest.mark.own_database

DAY = timedelta(days=1)


def tally(ended: Iterable[object]) -> Counter[str]:
    """Count how attempts ended: by refusal, or by what came back."""
    return Counter(one.code if isinstance(one, Refusal) else str(one) for one in ended)


def prove(earning: Earning, event: str, *, message_id: str, days: int = 0) -> Postback:
    now = given.NOW + days * DAY
    return receive_postback(
        sponsor=sponsor_of(earning),
        message_id=message_id,
        earning_id=earning.pk,
        event=event,
        happened_at=now,
        now=now,
    )


def test_one_message_sent_fifty_times_pays_once() -> None:
    earning = given.an_earning()
    ended = at_once(lambda _: prove(earning, "install", message_id="msg_1"), threads=50)
    assert tally(ended) == {"msg_1": 50}
    assert coins_in(main_of(earning.holder)) == 50
    assert Postback.objects.count() == 1
    assert all(found.is_clean for found in findings())


def test_fifty_messages_of_one_event_pay_once() -> None:
    earning = given.an_earning()
    at_once(lambda place: prove(earning, "install", message_id=f"msg_{place}"), threads=50)
    assert Postback.objects.count() == 50
    assert coins_in(main_of(earning.holder)) == 50


def test_sweeps_side_by_side_pay_each_stage_once() -> None:
    task = given.a_task()
    earnings = [given.an_earning(task) for _ in range(5)]
    for earning in earnings:
        prove(earning, "install", message_id=f"a{earning.pk.hex}")
        prove(earning, "day1", message_id=f"b{earning.pk.hex}")
    paid = at_once(lambda _: vest_due_stages(now=given.NOW + DAY, limit=100), threads=6)
    paid.append(vest_due_stages(now=given.NOW + DAY, limit=100))  # what was held meanwhile
    assert sum(one for one in paid if isinstance(one, int)) == 5
    assert [coins_in(main_of(earning.holder)) for earning in earnings] == [80] * 5
    assert all(found.is_clean for found in findings())


def test_the_last_coins_start_one_person() -> None:
    task = given.a_task(given.a_campaign(coins=199))
    holders = [given.a_holder() for _ in range(12)]
    ended = at_once(
        lambda place: (
            start_task(holder=holders[place], task=task, key=uuid4(), now=given.NOW).state
        ),
        threads=12,
    )
    assert tally(ended) == {"started": 1, "campaign_budget_spent": 11}
    assert coins_in(campaign_budget(task.campaign_id)) == 99
    assert all(found.is_clean for found in findings())


def test_one_person_starts_a_task_once() -> None:
    task, holder = given.a_task(), given.a_holder()
    ended = at_once(
        lambda _: start_task(holder=holder, task=task, key=uuid4(), now=given.NOW).state,
        threads=12,
    )
    assert tally(ended) == {"started": 1, "task_already_started": 11}
    earning = Earning.objects.get()
    assert coins_in(earning_address(earning.pk)) == 100
