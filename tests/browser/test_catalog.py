"""Buy of the catalog on a phone, watch it arrive, and wait for a carrier that does not sell."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from tests import given
from tests.browser.conftest import NewPage
from tests.browser.steps import assert_fits, coins_shown, log_in
from tests.given_catalog import a_market, switch_all_on
from tests.wallet.catalog.world import broken_proofs

pytestmark = [pytest.mark.browser, pytest.mark.own_database]


def test_one_buys_and_watches_it_arrive(new_page: NewPage) -> None:
    now = timezone.now()
    holder = given.a_holder(coins=100, now=now)
    page = new_page("zh-CN")
    # What is asked until then is due: a busy machine takes its time.
    with a_market("--sold-out", "comics-week", coins=100, at=now) as market:
        market.wait(minutes=10)
        switch_all_on(now=now + timedelta(microseconds=1))
        log_in(page, msisdn=holder.numbers.get().msisdn)
        page.goto("/convert/")
        assert_fits(page)
        page.get_by_role("button", name="能换时告诉我").last.click()
        expect(page.locator("main")).to_contain_text("能换时会告诉您")
        page.get_by_role("link", name="换内容和商品").click()
        expect(page.locator("main section")).to_have_count(5)
        assert_fits(page)
        page.get_by_role("link", name="音乐月卡").click()
        assert_fits(page)
        page.locator("input[name=count]").fill("2")
        page.get_by_role("button", name="换这个").click()
        expect(page.locator("[data-stage=waiting]")).to_be_visible()
        assert_fits(page)
        market.serve()
        expect(page.locator("[data-stage=delivered]")).to_contain_text("已办成")
        page.goto("/convert/catalog/")
        page.get_by_role("link", name="漫画周卡").click()
        page.get_by_role("button", name="换这个").click()
        market.serve()
        expect(page.locator("[data-stage=refunded]")).to_contain_text("合作方没有货了。")
        assert_fits(page)
        page.goto("/convert/catalog/")
        page.get_by_role("link", name="用 100 积分换币").click()
        assert_fits(page)
        page.get_by_role("button", name="用积分换币").click()
        market.serve()
        expect(page.locator("[data-stage=delivered]")).to_contain_text("币已到账")
    assert coins_shown(page) == 48
    assert broken_proofs() == []
