"""A carrier's console on a phone: stand, statement, dispute, confirm; and a subscriber's statement."""

import os

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from ledger.rules import month_name
from tests import given
from tests.browser.conftest import NewPage
from tests.browser.steps import assert_fits, log_in
from tests.given_clearing import a_traded_month, an_office, struck
from wallet.carriers.models import Break
from wallet.clearing.models import ClearingLine

pytestmark = [pytest.mark.browser, pytest.mark.own_database]
SHOTS = os.environ.get("SHOTS", "")


@pytest.mark.parametrize("language", ["zh-CN"])
def test_a_carrier_confirms_its_statement_line_by_line(new_page: NewPage, language: str) -> None:
    a_traded_month()
    struck()
    Break.objects.create(
        carrier=given.a_carrier("CM"), kind="not_listed", reference="r", found_at=timezone.now()
    )
    msisdn = given.an_msisdn()
    me = given.a_holder(msisdn=msisdn)
    assert me.user is not None
    an_office("CM", owner=me.user)
    page = new_page(language)
    log_in(page, msisdn=msisdn)
    for path in (
        "/me/",
        "/office/CM/",
        "/office/CM/asked/",
        "/office/CM/statements/",
        "/statements/",
        f"/statements/{month_name(given.this_month())}/",
    ):
        page.goto(path)
        assert_fits(page)
        if SHOTS:
            page.screenshot(path=f"{SHOTS}/{language}{path.replace('/', '_')}.png", full_page=True)
    page.goto("/office/CM/statements/")
    page.locator("main .list a").first.click()
    assert_fits(page)
    line = page.locator("main .list > li").first
    line.locator("summary").click()
    line.locator("textarea").fill("没有这一笔")
    line.locator("button.danger").click()
    expect(page.locator(".tag.bad")).to_be_visible()
    page.locator("main form.actions button").first.click()
    expect(page.locator(".tag.good")).to_have_count(2)
    if SHOTS:
        page.screenshot(path=f"{SHOTS}/{language}_statement.png", full_page=True)
    states = ClearingLine.objects.filter(statement__carrier="CM").values_list("state", flat=True)
    assert sorted(states) == ["confirmed", "confirmed", "disputed"]
    page.locator("main .list > li a").first.click()
    assert_fits(page)
