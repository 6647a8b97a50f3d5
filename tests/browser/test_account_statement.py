"""An auditor reads an account's statement of some days on a phone, and leafs through it."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from config.groups import AUDITOR
from ledger.rules import COIN, SHANGHAI, account_id
from tests import given
from tests.browser.conftest import PHONE, NewPage
from tests.browser.steps import assert_fits
from tests.browser.test_audit import kept, staff
from wallet.holders.queries import main_of

pytestmark = [pytest.mark.browser, pytest.mark.own_database]


@pytest.mark.parametrize("language", ["zh-CN", "en-GB"])
def test_statement_of_some_days(new_page: NewPage, language: str) -> None:
    first = timezone.now().astimezone(SHANGHAI).replace(day=1, hour=9)
    holder = given.a_holder(now=first)
    for coins in range(1, 61):
        given.give_coins(holder, coins, now=first + timedelta(seconds=coins))
    account = account_id(address=main_of(holder), asset=COIN)
    page = staff(new_page(language), AUDITOR)
    page.goto(f"/admin/ledger/account/{account}/change/")
    expect(page.locator("#statement")).to_be_visible()
    rows = page.locator("tbody tr[id^=entry-]")
    expect(rows).to_have_count(50)
    balance = rows.first.locator("td").last
    expect(balance).to_contain_text("1,830")
    box = balance.bounding_box()
    assert box
    assert box["x"] + box["width"] <= PHONE["width"]  # nobody scrolls aside for it
    kept(page, f"account-{language}")
    page.locator("a[rel=next]").click()
    expect(rows).to_have_count(10)
    expect(rows.last).to_contain_text("+1")
    page.locator("#id_since").fill(f"{first:%Y-%m-%d}")
    page.locator("#id_until").fill(f"{first:%Y-%m-%d}")
    page.locator("form.audit-form button").click()
    expect(rows).to_have_count(50)
    expect(rows.first).to_contain_text("1,830")
    assert_fits(page)
