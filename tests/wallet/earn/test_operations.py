"""A task's coins are set aside when it starts, vest as it is proved, and go back when it lapses."""

from datetime import datetime, timedelta
from uuid import uuid4

import pytest

from ledger.operations import post
from ledger.proofs.queries import findings
from ledger.queries import coins_in
from ledger.refusals import KeyReused
from ledger.rules import COIN, Posting, move
from tests import given
from wallet.earn.models import Earning, Postback, Task
from wallet.earn.operations import (
    BadPostback,
    CampaignBudgetSpent,
    EarningEnded,
    EventOutOfOrder,
    OwnTask,
    TaskAlreadyStarted,
    TaskClosed,
    UnknownEarning,
    UnknownEvent,
    close_task,
    lapse_earnings,
    receive_postback,
    reopen_task,
    start_task,
    vest_due_stages,
)
from wallet.earn.rules import StagePlan, earning_address
from wallet.holders.models import Holder, Notice
from wallet.holders.operations import HolderFrozen, WalletFull, freeze_holder, open_holder
from wallet.holders.queries import main_of
from wallet.sponsors.models import Sponsor
from wallet.sponsors.operations import pause_campaign
from wallet.sponsors.rules import campaign_budget

pytestmark = pytest.mark.django_db

KEY = uuid4()
DAY = timedelta(days=1)


def told(earning: Earning, event: str, *, message: str = "", at: datetime = given.NOW) -> Postback:
    return receive_postback(
        sponsor=Sponsor.objects.get(pk=earning.task.campaign.sponsor_id),
        message_id=message or f"msg_{uuid4().hex}",
        earning_id=earning.pk,
        event=event,
        happened_at=at,
        now=at,
    )


def left(earning: Earning) -> int:
    return coins_in(campaign_budget(earning.task.campaign_id))


def owes(holder: Holder, coins: int) -> None:
    legs = move(asset=COIN, amount=coins, source=f"holder/{holder.pk}/debt", target="issuer/CT")
    post(Posting(id=uuid4(), kind="correction", at=given.NOW, actor="test", legs=legs))


def is_clean() -> bool:
    return all(found.is_clean for found in findings())


def test_starting_sets_all_coins_aside() -> None:
    holder, task = given.a_holder(), given.a_task()
    earning = start_task(holder=holder, task=task, key=KEY, now=given.NOW)
    assert start_task(holder=holder, task=task, key=KEY, now=given.NOW) == earning
    assert coins_in(earning_address(earning.pk)) == earning.coins == 100
    assert left(earning) == 900
    assert [stage.event for stage in earning.stages.all()] == ["install", "day1", "day7"]
    assert earning.lapses_at == given.NOW + 14 * DAY
    assert is_clean()


def test_a_key_names_one_task() -> None:
    holder = given.a_holder()
    start_task(holder=holder, task=given.a_task(), key=KEY, now=given.NOW)
    with pytest.raises(KeyReused):
        start_task(holder=holder, task=given.a_task(), key=KEY, now=given.NOW)


def test_a_task_pays_a_person_once() -> None:
    earning = given.an_earning()
    with pytest.raises(TaskAlreadyStarted):
        given.an_earning(earning.task, holder=earning.holder)


def test_a_spent_campaign_starts_nobody() -> None:
    task = given.a_task(given.a_campaign(coins=199))
    given.an_earning(task)
    with pytest.raises(CampaignBudgetSpent):
        given.an_earning(task)


def test_the_floor_has_the_last_word_on_a_budget(monkeypatch: pytest.MonkeyPatch) -> None:
    task = given.a_task(given.a_campaign(coins=99))
    # As for two who read the same budget: the read lets both pass.
    monkeypatch.setattr("wallet.earn.operations.start.coins_in", lambda _: 100)
    with pytest.raises(CampaignBudgetSpent):
        given.an_earning(task)


def test_a_closed_task_and_a_paused_campaign_start_nobody() -> None:
    task = given.a_task()
    close_task(task=task)
    with pytest.raises(TaskClosed):
        given.an_earning(task)
    reopen_task(task=task)
    pause_campaign(campaign=task.campaign)
    with pytest.raises(TaskClosed):
        given.an_earning(task)


def test_a_sponsors_member_earns_nothing_from_it() -> None:
    owner = given.a_user()
    sponsor = given.a_sponsor(owner=owner, coins=1_000)
    holder = open_holder(user=owner, now=given.NOW)
    with pytest.raises(OwnTask):
        given.an_earning(given.a_task(given.a_campaign(sponsor)), holder=holder)


def test_a_frozen_person_starts_nothing() -> None:
    holder = given.a_holder()
    freeze_holder(holder=holder, now=given.NOW)
    with pytest.raises(HolderFrozen):
        given.an_earning(holder=holder)


def test_what_waits_counts_towards_the_wallets_limit() -> None:
    holder = given.a_holder(coins=9_850)
    given.an_earning(holder=holder)
    with pytest.raises(WalletFull):
        given.an_earning(holder=holder)


def test_the_first_event_pays_its_stage_at_once() -> None:
    earning = given.an_earning()
    told(earning, "install")
    assert coins_in(main_of(earning.holder)) == 50
    assert coins_in(earning_address(earning.pk)) == 50
    assert Notice.objects.filter(holder=earning.holder, kind="earning_vested").count() == 1
    assert is_clean()


def test_an_event_pays_once_however_often_it_is_told() -> None:
    earning = given.an_earning()
    first = told(earning, "install", message="msg_1")
    assert told(earning, "install", message="msg_1") == first
    for _ in range(5):
        told(earning, "install")
    assert coins_in(main_of(earning.holder)) == 50
    assert Postback.objects.count() == 6
    assert is_clean()


def test_later_stages_vest_when_their_day_has_come() -> None:
    earning = given.an_earning()
    told(earning, "install")
    told(earning, "day1", at=given.NOW + timedelta(hours=20))
    assert vest_due_stages(now=given.NOW + timedelta(hours=23), limit=10) == 0
    assert vest_due_stages(now=given.NOW + DAY, limit=10) == 1
    assert vest_due_stages(now=given.NOW + DAY, limit=10) == 0
    assert coins_in(main_of(earning.holder)) == 80
    # Proved after its day: nothing is left to wait for.
    told(earning, "day7", at=given.NOW + 8 * DAY)
    assert coins_in(main_of(earning.holder)) == 100
    earning.refresh_from_db()
    assert earning.state == Earning.State.DONE
    assert earning.ended_at == given.NOW + 8 * DAY
    assert is_clean()


def test_what_is_owed_is_repaid_first() -> None:
    holder = given.a_holder()
    owes(holder, 60)
    earning = given.an_earning(holder=holder)
    told(earning, "install")
    assert coins_in(f"holder/{holder.pk}/debt") == -10
    assert coins_in(main_of(holder)) == 0
    told(earning, "day1", at=given.NOW + DAY)
    assert coins_in(f"holder/{holder.pk}/debt") == 0
    assert coins_in(main_of(holder)) == 20


def test_stages_that_vest_together_share_the_debt() -> None:
    holder = given.a_holder()
    owes(holder, 40)
    stages = [
        StagePlan(event="a", coins=10, vest_days=1),
        StagePlan(event="b", coins=90, vest_days=1),
    ]
    earning = given.an_earning(given.a_task(stages=stages), holder=holder)
    told(earning, "a")
    told(earning, "b")
    assert vest_due_stages(now=given.NOW + DAY, limit=10) == 2
    assert coins_in(f"holder/{holder.pk}/debt") == 0
    assert coins_in(main_of(holder)) == 60


def test_a_later_stage_before_the_first_is_refused() -> None:
    earning = given.an_earning()
    with pytest.raises(EventOutOfOrder):
        told(earning, "day1", message="msg_1")
    told(earning, "install")
    told(earning, "day1", message="msg_1", at=given.NOW + DAY)  # the same message, tried again
    assert coins_in(main_of(earning.holder)) == 80


def test_strange_postbacks_are_refused() -> None:
    earning = given.an_earning()
    with pytest.raises(UnknownEvent):
        told(earning, "purchase")
    for event in ("", "Install", "x" * 17, "安装"):
        with pytest.raises(BadPostback):
            told(earning, event)
    for message in ("x" * 65, "a b", "消息"):
        with pytest.raises(BadPostback):
            told(earning, "install", message=message)


def test_another_sponsor_proves_nothing() -> None:
    earning = given.an_earning()
    for sponsor, earning_id in ((given.a_sponsor(), earning.pk), (given.a_sponsor(), uuid4())):
        with pytest.raises(UnknownEarning):
            receive_postback(
                sponsor=sponsor,
                message_id="msg_1",
                earning_id=earning_id,
                event="install",
                happened_at=given.NOW,
                now=given.NOW,
            )


def test_a_message_id_names_one_event() -> None:
    earning = given.an_earning()
    told(earning, "install", message="msg_1")
    with pytest.raises(KeyReused) as refused:
        told(earning, "day1", message="msg_1")
    assert refused.value.fields == {"field": "event"}


def test_what_was_never_proved_goes_back() -> None:
    earning = given.an_earning()
    told(earning, "install")
    late = given.NOW + 14 * DAY
    assert lapse_earnings(now=late - timedelta(seconds=1), limit=10) == 0
    assert lapse_earnings(now=late, limit=10) == 1
    assert lapse_earnings(now=late, limit=10) == 0
    assert left(earning) == 950
    assert coins_in(earning_address(earning.pk)) == 0
    earning.refresh_from_db()
    assert earning.state == Earning.State.LAPSED
    assert Notice.objects.filter(holder=earning.holder, kind="earning_lapsed").count() == 1
    with pytest.raises(EarningEnded):
        told(earning, "day1", at=late)
    assert is_clean()


def test_a_proved_stage_vests_though_the_rest_lapsed() -> None:
    earning = given.an_earning()
    told(earning, "install", at=given.NOW + 13 * DAY)
    told(earning, "day1", at=given.NOW + 13 * DAY)
    assert lapse_earnings(now=given.NOW + 14 * DAY - timedelta(hours=1), limit=10) == 0
    assert lapse_earnings(now=given.NOW + 14 * DAY, limit=10) == 1
    assert vest_due_stages(now=given.NOW + 14 * DAY, limit=10) == 1
    assert coins_in(main_of(earning.holder)) == 80
    earning.refresh_from_db()
    assert earning.state == Earning.State.LAPSED
    assert is_clean()


def test_a_sweep_takes_no_more_than_its_limit() -> None:
    task = given.a_task()
    for _ in range(3):
        given.an_earning(task)
    late = given.NOW + 14 * DAY
    assert lapse_earnings(now=late, limit=2) == 2
    assert lapse_earnings(now=late, limit=2) == 1


def test_the_proofs_see_a_stage_that_was_tampered_with() -> None:
    earning = given.an_earning()
    told(earning, "install")
    earning.stages.filter(event="day1").update(state="lapsed")
    broken = {found.name for found in findings() if not found.is_clean}
    assert broken == {"earnings", "campaigns"}


def test_publishing_takes_the_usual_days() -> None:
    task: Task = given.a_task(stages=[StagePlan(event="install", coins=1)])
    assert [stage.vest_days for stage in task.stages.all()] == [0]
