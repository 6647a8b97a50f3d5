"""A gift goes from one phone to another, through its link."""

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from tests import given
from tests.browser.conftest import NewPage
from tests.browser.steps import ask_for_code, assert_fits, coins_shown, enter_code, log_in
from wallet.holders.queries import numbers_of

pytestmark = [pytest.mark.browser, pytest.mark.own_database]


def test_a_gift_moves_both_wallets(new_page: NewPage) -> None:
    sender = given.a_holder(coins=500, now=timezone.now())
    friend_msisdn = given.an_msisdn(carrier="CM")
    giving = new_page("zh-CN")
    log_in(giving, msisdn=numbers_of(sender)[0].msisdn)
    assert coins_shown(giving) == 500

    giving.goto("/gifts/new/")
    assert_fits(giving)
    giving.locator("input[name=amount]").fill("120")
    giving.locator("input[name=greeting]").fill("生日快乐")
    giving.get_by_role("button", name="生成链接").click()
    link = giving.locator(".link-box").inner_text()
    assert_fits(giving)
    assert coins_shown(giving) == 380

    # A friend whose number has no wallet yet: 领取 → 获取验证码 → 确认.
    claiming = new_page("en-GB")
    claiming.goto(link)
    expect(claiming.locator("main")).to_contain_text("120 coins")
    expect(claiming.locator("main")).to_contain_text("生日快乐")
    assert_fits(claiming)
    claiming.get_by_role("link", name="Claim").click()
    ask_for_code(claiming, msisdn=friend_msisdn)
    enter_code(claiming, msisdn=friend_msisdn)
    expect(claiming.locator(".notice.success")).to_be_visible()
    assert_fits(claiming)
    assert coins_shown(claiming) == 120

    giving.goto("/gifts/")
    expect(giving.locator("main")).to_contain_text("已领取")
    assert coins_shown(giving) == 380


def test_a_refusal_is_said_beside_the_form(new_page: NewPage) -> None:
    sender = given.a_holder(coins=5, now=timezone.now())
    page = new_page("en-GB")
    log_in(page, msisdn=numbers_of(sender)[0].msisdn)
    page.goto("/gifts/new/")
    page.locator("input[name=amount]").fill("6")
    page.get_by_role("button", name="Make the link").click()
    expect(page.get_by_role("alert")).to_have_text("Not enough coins.")
    expect(page.locator("input[name=amount]")).to_have_value("6")
    assert_fits(page)
    assert coins_shown(page) == 5
