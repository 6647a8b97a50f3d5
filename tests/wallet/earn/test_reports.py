"""A campaign's report is the ledger's, to the coin."""

from datetime import timedelta

import pytest
from django.db.models import Sum

from ledger.queries import coins_in
from ledger.registry import cause_of
from tests import given
from tests.wallet.earn.test_operations import told
from wallet.earn.models import EarningStage
from wallet.earn.operations import lapse_earnings, note_reach
from wallet.earn.queries import budget_by_day, report_of
from wallet.earn.rules import earning_address
from wallet.holders.queries import main_of
from wallet.sponsors.rules import campaign_budget, sponsor_budget

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


def test_the_report_equals_the_ledger() -> None:
    campaign = given.a_campaign(coins=1_000)
    task = given.a_task(campaign)
    done, half, gone, fresh = [given.a_holder() for _ in range(4)]
    note_reach(tasks=[task], holder=given.a_holder(), now=given.NOW)
    for holder in (done, done, half, gone, fresh):
        note_reach(tasks=[task], holder=holder, now=given.NOW)
    first = given.an_earning(task, holder=done)
    for event, days in (("install", 0), ("day1", 1), ("day7", 7)):
        told(first, event, at=given.NOW + days * DAY)
    told(given.an_earning(task, holder=half), "install")
    given.an_earning(task, holder=gone)
    lapse_earnings(now=given.NOW + 14 * DAY, limit=1)  # the oldest: half's or gone's
    lapse_earnings(now=given.NOW + 14 * DAY, limit=1)
    given.an_earning(task, holder=fresh, now=given.NOW + 2 * DAY)
    report = report_of(campaign)
    assert (report.reach, report.starts, report.completions, report.lapsed) == (5, 4, 1, 2)
    assert (report.funded, report.set_aside, report.vested) == (1_000, 100, 150)
    assert report.left == coins_in(campaign_budget(campaign.pk)) == 750
    assert report.funded == report.left + report.set_aside + report.vested
    paid = [coins_in(main_of(holder)) for holder in (done, half, gone, fresh)]
    assert sum(paid) == report.vested
    vested = EarningStage.objects.filter(state="vested").aggregate(coins=Sum("coins"))
    assert vested["coins"] == report.vested
    told_of = [(one.event, one.proved, one.vested, one.coins) for one in report.stages]
    assert told_of == [("install", 2, 2, 100), ("day1", 1, 1, 30), ("day7", 1, 1, 20)]
    assert (report.start_tenths, report.completion_tenths) == (375, 1_500)


def test_a_budget_burns_down_day_by_day() -> None:
    campaign = given.a_campaign(coins=1_000)
    task = given.a_task(campaign)
    given.an_earning(task)
    given.an_earning(task, now=given.NOW + 2 * DAY)
    found = budget_by_day(campaign=campaign, now=given.NOW + 3 * DAY, days=30)
    assert [(one.on.day, one.coins) for one in found] == [
        (16, 900),
        (17, 900),
        (18, 800),
        (19, 800),
    ]
    last = budget_by_day(campaign=campaign, now=given.NOW + 3 * DAY, days=2)
    assert [one.coins for one in last] == [800, 800]


def test_an_auditor_sees_what_stands_behind_an_address() -> None:
    earning = given.an_earning()
    campaign = earning.task.campaign
    behind = cause_of(earning_address(earning.pk))
    assert behind is not None
    assert behind.facts["阶段 install"] == "50 等待中"
    behind = cause_of(campaign_budget(campaign.pk))
    assert behind is not None
    assert behind.facts["赞助方"] == "乐视"
    behind = cause_of(sponsor_budget(campaign.sponsor_id))
    assert behind is not None
    assert behind.facts == {"已付款的采购单": "1"}
    nobody = "00000000-0000-8000-8000-000000000000"
    for first in ("earning", "campaign", "sponsor"):
        assert cause_of(f"{first}/{nobody}/budget") is None
