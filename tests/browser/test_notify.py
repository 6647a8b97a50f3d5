"""What I am told: ticked on a phone, in both languages, an address confirmed by its link."""

import os
from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from tests import given
from tests.browser.conftest import NewPage
from tests.browser.steps import assert_fits, log_in
from tests.given_notices import MAIL
from wallet.holders.queries import numbers_of
from wallet.notify.tokens import confirm_token

pytestmark = [pytest.mark.browser, pytest.mark.own_database]


def test_a_phone_says_what_it_wants_to_be_told(new_page: NewPage) -> None:
    holder = given.a_holder(now=timezone.now())
    page = new_page("zh-CN")
    log_in(page, msisdn=numbers_of(holder)[0].msisdn)
    page.goto("/me/")
    page.get_by_role("link", name="通知设置").click()
    assert_fits(page)
    picture(page, "wishes")
    gift = page.get_by_role("group", name="朋友送来礼物")
    gift.get_by_label("短信").uncheck()
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_role("status")).to_contain_text("已经保存")
    expect(gift.get_by_label("短信")).not_to_be_checked()

    page.locator("input[name=mail]").fill(MAIL)
    page.get_by_role("button", name="发确认邮件").click()
    expect(page.locator("main")).to_contain_text(f"等您打开发到 {MAIL}")
    page.get_by_role("button", name="English").click()
    expect(page.get_by_role("heading", name="What I am told")).to_be_visible()
    assert_fits(page)
    picture(page, "asked")
    page.goto(f"/notify/confirm/{confirm_token(holder=holder.pk, mail=MAIL)}/")
    assert_fits(page)
    page.get_by_role("button", name="Use this address").click()
    expect(page.get_by_role("status")).to_contain_text(MAIL)
    page.goto("/demo/outbox/")
    assert_fits(page)
    picture(page, "outbox")


def picture(page: Page, name: str) -> None:
    """Keep a picture where BROWSER_PICTURES names a folder."""
    if folder := os.environ.get("BROWSER_PICTURES"):
        page.screenshot(path=Path(folder) / f"notify-{name}.png", full_page=True)
