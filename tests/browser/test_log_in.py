"""Sign in with a code, read the site in two languages, leave."""

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from tests import given
from tests.browser.conftest import NewPage
from tests.browser.steps import ask_for_code, assert_fits, coins_shown, enter_code, log_in

pytestmark = [pytest.mark.browser, pytest.mark.own_database]

PAGES = ("/", "/history/", "/inbox/", "/me/", "/demo/inbox/")


def test_a_new_number_signs_in_reads_and_leaves(new_page: NewPage) -> None:
    given.open_ledger(now=timezone.now())
    page = new_page("zh-CN")
    page.goto("/")
    expect(page.locator("h1")).to_have_text("用不完的流量，留下来")
    log_in(page, msisdn=given.an_msisdn())
    assert coins_shown(page) == 0
    for path in PAGES:
        page.goto(path)
        assert_fits(page)
    page.get_by_role("button", name="English").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    for path in PAGES:
        page.goto(path)
        assert_fits(page)
    page.goto("/me/")
    page.get_by_role("button", name="Log out").click()
    expect(page.locator("nav.tabs")).to_have_count(0)


def test_whoever_mistyped_takes_another_number(new_page: NewPage) -> None:
    given.open_ledger(now=timezone.now())
    page = new_page("en-GB")
    page.goto("/account/login/?next=/history/")
    ask_for_code(page, msisdn=given.an_msisdn())
    page.get_by_role("button", name="Send again").click()
    expect(page.locator("input[name=code]")).to_be_visible()
    page.get_by_role("button", name="Use another number").click()
    msisdn = given.an_msisdn()
    ask_for_code(page, msisdn=msisdn)
    enter_code(page, msisdn=msisdn)
    page.wait_for_url("**/history/")


def test_a_keyboard_skips_to_the_content(new_page: NewPage) -> None:
    page = new_page("en-GB")
    page.goto("/")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to content")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()
