"""A sponsor's members see its budget, campaigns and report; who manages, moves coins."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client

from ledger.queries import coins_in
from tests import given
from tests.wallet.earn.test_pages import client_of, text
from wallet.earn.models import Earning, Task
from wallet.holders.models import Holder, Member
from wallet.holders.operations import add_member, open_holder
from wallet.holders.rules import opaque_id
from wallet.sponsors.models import Campaign, Sponsor
from wallet.sponsors.queries import secret_of
from wallet.sponsors.rules import campaign_budget

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _clock_of_the_world(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("django.utils.timezone.now", lambda: given.NOW)


def a_manager(*, coins: int = 1_000) -> tuple[Sponsor, Holder]:
    owner = given.a_user()
    sponsor = given.a_sponsor(owner=owner, coins=coins)
    return sponsor, open_holder(user=owner, now=given.NOW)


def a_viewer(sponsor: Sponsor) -> Holder:
    viewer = given.a_holder()
    assert viewer.user is not None
    add_member(organisation=sponsor.holder, user=viewer.user, role=Member.Role.VIEWER)
    return viewer


def page_of(sponsor: Sponsor, campaign: Campaign | None = None) -> str:
    page = f"/sponsor/{opaque_id('hld', sponsor.pk)}/"
    return page if campaign is None else f"{page}campaigns/{opaque_id('cmp', campaign.pk)}/"


@pytest.mark.parametrize(
    ("language", "empty"), [("zh-hans", "还没有活动"), ("en", "no campaign yet")]
)
def test_the_only_sponsor_is_shown_at_once(language: str, empty: str) -> None:
    sponsor, owner = a_manager()
    client = client_of(owner, language)
    answer = client.get("/sponsor/")
    assert (answer.status_code, answer["Location"]) == (302, page_of(sponsor))
    shown = text(client, page_of(sponsor))
    assert 'data-budget="1000"' in shown
    assert empty in shown
    assert secret_of(sponsor) in shown
    assert f"/api/v1/postbacks/{opaque_id('hld', sponsor.pk)}" in shown
    assert "10.00" in shown  # yuan


def test_who_speaks_for_nobody_is_told_so() -> None:
    assert "不代表任何赞助商" in text(client_of(given.a_holder()), "/sponsor/")


def test_a_campaign_goes_live_with_a_task() -> None:
    sponsor, owner = a_manager()
    client, page = client_of(owner), page_of(sponsor)
    form = {"key": str(uuid4()), "name": "开学", "coins": "600"}
    answer = client.post(f"{page}campaigns/new", form)
    campaign = Campaign.objects.get()
    assert answer["Location"] == page_of(sponsor, campaign)
    assert coins_in(campaign_budget(campaign.pk)) == 600
    task = {
        "key": str(uuid4()),
        "title_zh": "装应用",
        "title_en": "Install",
        "minutes": "3",
        "url": "https://sponsor.example/",
        "install": "10",
        "day1": "",
        "day7": "5",
    }
    new = f"{answer['Location']}tasks/new"
    assert client.get(new).status_code == 200
    assert client.post(new, task).status_code == 302
    published = Task.objects.get()
    stages = [(one.event, one.coins) for one in published.stages.all()]
    assert stages == [("install", 10), ("day7", 5)]
    assert "装应用" in text(client, answer["Location"])
    assert "装应用" in text(client_of(given.a_holder()), "/earn/")


def test_a_budget_that_lasts_for_years_is_given_no_day(monkeypatch: pytest.MonkeyPatch) -> None:
    sponsor, owner = a_manager(coins=90_000)
    campaign = given.a_campaign(sponsor, coins=90_000)
    later = given.NOW + timedelta(days=2)
    monkeypatch.setattr("django.utils.timezone.now", lambda: later)
    client = client_of(owner)
    assert "还看不出" in text(client, page_of(sponsor, campaign))
    given.an_earning(given.a_task(campaign), now=later)
    assert "一年以后" in text(client, page_of(sponsor, campaign))


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_report_shows_the_ledgers_figures(language: str) -> None:
    sponsor, owner = a_manager()
    campaign = given.a_campaign(sponsor, coins=1_000)
    given.an_earning(given.a_task(campaign))
    shown = text(client_of(owner, language), page_of(sponsor, campaign))
    for figure in (
        'data-funded="1000"',
        'data-left="900"',
        'data-set-aside="100"',
        'data-vested="0"',
        'data-starts="1"',
        'data-completions="0"',
    ):
        assert figure in shown
    assert "<rect" in shown
    assert "style=" not in shown


def test_a_top_up_moves_coins_once_and_no_more_than_there_are() -> None:
    sponsor, owner = a_manager()
    campaign = given.a_campaign(sponsor, coins=400)
    client, page = client_of(owner), page_of(sponsor, campaign)
    form = {"key": str(uuid4()), "coins": "500"}
    assert client.post(page, form).status_code == 302
    assert client.post(page, form).status_code == 302
    assert coins_in(campaign_budget(campaign.pk)) == 900
    refused = client.post(page, {"key": str(uuid4()), "coins": "101"})
    assert "要 101 币，只有 100 币" in refused.content.decode()
    for coins in ("0", "-1", "1.5", "x", str(2**63), ""):
        assert client.post(page, {"key": str(uuid4()), "coins": coins}).status_code == 200
    assert coins_in(campaign_budget(campaign.pk)) == 900


def test_pausing_and_closing_take_the_tasks_off_offer() -> None:
    sponsor, owner = a_manager()
    campaign = given.a_campaign(sponsor, coins=400)
    task = given.a_task(campaign)
    client, page = client_of(owner), page_of(sponsor, campaign)
    steer = f"{page}tasks/{opaque_id('tsk', task.pk)}/steer"
    person = client_of(given.a_holder())
    for path, away, back in ((f"{page}steer", "paused", "live"), (steer, "closed", "open")):
        assert client.post(path, {"to": away}).status_code == 302
        assert "安装应用" not in text(person, "/earn/")
        assert client.post(path, {"to": back}).status_code == 302
        assert "安装应用" in text(person, "/earn/")


def test_another_campaigns_task_is_not_steered_here() -> None:
    sponsor, owner = a_manager()
    campaign, other = given.a_campaign(sponsor, coins=400), given.a_task()
    steer = f"{page_of(sponsor, campaign)}tasks/{opaque_id('tsk', other.pk)}/steer"
    assert client_of(owner).post(steer, {"to": "closed"}).status_code == 404
    assert Task.objects.get(pk=other.pk).is_open


def test_the_secret_is_replaced_by_its_owner() -> None:
    sponsor, owner = a_manager()
    before = secret_of(sponsor)
    assert client_of(owner).post(f"{page_of(sponsor)}secret").status_code == 302
    assert secret_of(Sponsor.objects.get(pk=sponsor.pk)) != before


def test_a_viewer_reads_and_moves_nothing() -> None:
    sponsor, _ = a_manager()
    campaign = given.a_campaign(sponsor, coins=400)
    client, page = client_of(a_viewer(sponsor)), page_of(sponsor, campaign)
    shown = text(client, page_of(sponsor))
    assert secret_of(sponsor) not in shown
    assert "<button" not in text(client, page).split("<main")[1].split("</main")[0]
    for path in (page, f"{page}steer", f"{page}tasks/new", f"{page_of(sponsor)}secret"):
        answer = client.post(path, {"key": str(uuid4()), "coins": "1"})
        assert answer.status_code == 403, path
    assert coins_in(campaign_budget(campaign.pk)) == 400


def test_strangers_see_nothing() -> None:
    sponsor, _ = a_manager()
    campaign = given.a_campaign(sponsor, coins=400)
    stranger = client_of(given.a_holder())
    for path in (page_of(sponsor), page_of(sponsor, campaign)):
        assert stranger.get(path).status_code == 403
        assert Client(headers={"host": "127.0.0.1"}).get(path).status_code == 302
    assert stranger.get("/sponsor/hld_nonsense/").status_code == 404
    other, owner = a_manager()
    assert client_of(owner).get(page_of(other, campaign)).status_code == 404
    assert Earning.objects.count() == 0
