"""Keep a friend, give to a friend, get something back; in both languages, on a narrow phone."""

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from tests import given
from tests.browser.conftest import NewPage
from tests.browser.steps import assert_fits, coins_shown, log_in

pytestmark = [pytest.mark.browser, pytest.mark.own_database]


def test_a_contact_gets_a_gift_and_gives_back(new_page: NewPage) -> None:
    now = timezone.now()
    giver, friend = given.a_holder(coins=500, now=now), given.a_holder(coins=20, now=now)
    msisdn = friend.numbers.get().msisdn
    giving, getting = new_page("zh-CN"), new_page("en-GB")
    log_in(giving, msisdn=giver.numbers.get().msisdn)
    giving.goto("/contacts/")
    assert_fits(giving)
    giving.locator("textarea").fill(f"小博 13900139000\n阿梅 {msisdn}\n不是号码")
    giving.get_by_role("button", name="加进来").click()
    expect(giving.locator("main")).to_contain_text("加了 2 个人")
    assert_fits(giving)
    giving.locator("li", has_text="阿梅").get_by_role("link", name="送礼物").click()
    expect(giving.locator("select[name=to] option:checked")).to_contain_text("阿梅")
    assert_fits(giving)
    giving.locator("input[name=amount]").fill("120")
    giving.locator("input[name=greeting]").fill("生日快乐🎂")
    giving.get_by_role("button", name="生成链接").click()
    expect(giving.locator("main")).to_contain_text("只有 阿梅 可以领取")
    giving.get_by_text("海报：长按图片保存或转发").click()
    poster = giving.locator("img.poster")
    expect(poster).to_be_visible()
    expect(poster).to_have_js_property("naturalWidth", 1080)
    assert_fits(giving)

    log_in(getting, msisdn=msisdn)
    assert_fits(getting)
    getting.get_by_role("button", name="Claim").click()
    expect(getting.locator(".notice.success")).to_be_visible()
    assert_fits(getting)
    getting.get_by_role("link", name="Give back").click()
    getting.locator("input[name=amount]").fill("15")
    getting.get_by_role("button", name="Make the link").click()
    assert_fits(getting)
    assert coins_shown(getting) == 125
    getting.goto("/gifts/")
    expect(getting.locator("main")).to_contain_text("0 given, 1 received")
    assert_fits(getting)

    expect(giving.locator("h1")).to_contain_text("已领取")  # the page has asked again by itself
    giving.goto("/gifts/")
    expect(giving.locator("main")).to_contain_text("送出 1，收到 0")
    assert_fits(giving)
    giving.get_by_role("button", name="领取", exact=True).click()
    expect(giving.locator("h1")).to_have_text("领到了")
    assert coins_shown(giving) == 395


def test_a_keyboard_alone_removes_a_contact(new_page: NewPage) -> None:
    owner = given.a_holder(now=timezone.now())
    page = new_page("en-GB")
    log_in(page, msisdn=owner.numbers.get().msisdn)
    page.goto("/contacts/")
    page.locator("input[name=name]").focus()
    page.keyboard.type("Bo")
    page.keyboard.press("Tab")
    page.keyboard.type("139 0013 9000")
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_contain_text("Bo is in your contacts")
    page.locator("summary").focus()
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Remove").press("Enter")
    expect(page.locator("main")).to_contain_text("Bo is removed")
    assert_fits(page)
