"""C3: a merchant hands out coins by one-time QR from a funded budget; 扫一扫 reads it; at 360 px."""

from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from ledger.queries import coins_in
from tests import given
from tests.browser.conftest import NewPage
from tests.browser.steps import assert_fits, coins_shown, log_in
from tests.given_merchants import a_merchant
from wallet.holders.queries import numbers_of
from wallet.holders.rules import opaque_id
from wallet.merchants.rules import merchant_budget

pytestmark = [pytest.mark.browser, pytest.mark.own_database]


def test_a_code_is_shown_scanned_and_paid_once(new_page: NewPage, tmp_path: Path) -> None:
    now = timezone.now()
    clerk, customer, late = (given.a_holder(now=now) for _ in range(3))
    merchant = a_merchant(coins=100, owner=clerk.user, now=now)
    serving = new_page("zh-CN")
    log_in(serving, msisdn=numbers_of(clerk)[0].msisdn)
    serving.goto("/merchants/")
    assert_fits(serving)
    serving.locator("input[name=coins]").fill("30")
    serving.locator("main form button").click()
    expect(serving.locator("[data-state=open]")).to_be_visible()
    assert_fits(serving)
    photo = tmp_path / "code.png"
    serving.locator(".qr").screenshot(path=photo)

    scanning = new_page("en-US")
    log_in(scanning, msisdn=numbers_of(customer)[0].msisdn)
    scanning.goto("/")
    scanning.get_by_role("link", name="Scan").click()
    assert_fits(scanning)
    scanning.locator("input[type=file]").set_input_files(photo)
    scanning.get_by_role("button", name="Claim").click()
    expect(scanning.get_by_text("It is yours")).to_be_visible()
    assert_fits(scanning)
    expect(serving.locator("[data-state=claimed]")).to_be_visible()
    assert coins_shown(scanning) == 30

    again = new_page("zh-CN")
    log_in(again, msisdn=numbers_of(late)[0].msisdn)
    again.goto("/scan/")
    again.locator("input[type=file]").set_input_files(photo)
    expect(again.get_by_text("这个码用过了")).to_be_visible()
    assert coins_shown(again) == 0
    assert coins_in(merchant_budget(merchant.pk)) == 70
    serving.goto(f"/merchants/{opaque_id('hld', merchant.pk)}/")
    expect(serving.locator("[data-budget='70']")).to_be_visible()
