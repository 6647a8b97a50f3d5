"""Find a task, do it on the sponsor's own server, and see the coins come."""

from collections.abc import Iterator
from threading import Thread

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from config.demo.sponsor import Wallet, server_of
from tests import given
from tests.browser.conftest import NewPage
from tests.browser.steps import assert_fits, coins_shown, log_in
from wallet.holders.models import User
from wallet.holders.rules import opaque_id
from wallet.sponsors.models import Sponsor
from wallet.sponsors.queries import secret_of

pytestmark = [pytest.mark.browser, pytest.mark.own_database]


@pytest.fixture
def sponsor(site: str) -> Sponsor:
    """Open a sponsor whose owner signs in with a number of its own."""
    now = timezone.now()
    owner = given.a_holder(now=now).user
    return given.a_sponsor(owner=owner, coins=1_000, now=now)


@pytest.fixture
def place(site: str, sponsor: Sponsor) -> Iterator[str]:
    """Run the sponsor's own server and yield where the task is done."""
    wallet = Wallet(address=site, sponsor=opaque_id("hld", sponsor.pk), secret=secret_of(sponsor))
    server = server_of(wallet=wallet, port=0)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_task_done_at_the_sponsors_pays(new_page: NewPage, sponsor: Sponsor, place: str) -> None:
    now = timezone.now()
    given.a_task(given.a_campaign(sponsor, coins=1_000, now=now), url=place, now=now)
    page = new_page("zh-CN")
    log_in(page, msisdn=given.an_msisdn())
    page.goto("/earn/")
    assert_fits(page)
    page.get_by_role("link", name="安装应用").click()
    assert_fits(page)
    page.get_by_role("button", name="开始").click()
    page.wait_for_url(lambda url: url.startswith(f"{place}?earning=ern_"))
    page.locator("button[value=install]").click()
    expect(page.locator("[data-event=install]")).to_contain_text("The wallet was told")
    page.locator("button[value=day1]").click()
    expect(page.locator("[data-event=day1]")).to_contain_text("The wallet was told")
    assert coins_shown(page) == 50
    page.goto("/earn/mine/")
    assert_fits(page)
    page.get_by_role("link", name="安装应用").click()
    assert_fits(page)
    expect(page.locator("main")).to_contain_text("已完成")


def test_a_sponsor_reads_its_report_on_a_phone(new_page: NewPage, sponsor: Sponsor) -> None:
    now = timezone.now()
    task = given.a_task(given.a_campaign(sponsor, coins=1_000, now=now), now=now)
    given.an_earning(task, now=now)
    owner = User.objects.get(memberships__organisation=sponsor.holder)
    page = new_page("en-GB")
    log_in(page, msisdn=owner.phone.removeprefix("+86"))
    page.goto("/sponsor/")
    assert_fits(page)
    page.get_by_role("link", name="秋季推广").click()
    expect(page.locator("[data-left]")).to_have_attribute("data-left", "900")
    assert_fits(page)
    page.get_by_role("link", name="Publish a task").click()
    assert_fits(page)
