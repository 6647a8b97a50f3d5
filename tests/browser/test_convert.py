"""Turn coins into data and send data to a phone, and watch both arrive without a reload."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from tests import given
from tests.browser.conftest import NewPage
from tests.browser.steps import assert_fits, coins_shown, log_in
from tests.wallet.convert.world import broken_proofs, carriers

pytestmark = [pytest.mark.browser, pytest.mark.own_database]


def test_coins_and_data_arrive_while_one_watches(new_page: NewPage) -> None:
    now = timezone.now()
    holder = given.a_holder(coins=100, now=now)
    given.give_data(holder, 300, month=given.this_month(), now=now)
    page = new_page("zh-CN")
    # What is asked until then is due: a busy machine takes its time.
    soon = now + timedelta(minutes=10)
    with carriers(at=soon, CT=["--down"], CM=[]) as world:
        log_in(page, msisdn=holder.numbers.get().msisdn)
        page.goto("/convert/?coins=30")
        assert_fits(page)
        page.locator("input[name=msisdn]").fill("138 0000 1234")
        expect(page.locator("#carrier-hint")).to_contain_text("中国移动")
        page.locator("main form button").click()
        expect(page.locator("[data-stage=waiting]")).to_be_visible()
        assert_fits(page)
        world.serve("CM")
        expect(page.locator("[data-stage=delivered]")).to_contain_text("已到账")
        page.goto("/deliver/?mb=200")
        assert_fits(page)
        page.locator("main form button").click()
        expect(page).to_have_url(re.compile("/deliveries/dlv_"))
        world.serve("CT")
        expect(page.locator("[data-stage=unknown]")).to_contain_text("运营商还没有答复")
        assert_fits(page)
    with carriers(at=world.now, CT=[]) as world:
        world.read_final_statements()
        expect(page.locator("[data-stage=returned]")).to_contain_text("流量已退回")
    assert coins_shown(page) == 70
    assert broken_proofs() == []
