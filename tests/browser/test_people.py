"""Add a number, answer an organisation, act for it, and end the wallet; on a narrow phone."""

from uuid import uuid4

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from tests import given
from tests.browser.conftest import NewPage
from tests.browser.steps import assert_fits, code_sent_to, log_in
from wallet.closures.models import Closure
from wallet.organisations.operations import invite_member

pytestmark = [pytest.mark.browser, pytest.mark.own_database]


def test_a_person_adds_a_number_acts_for_an_organisation_and_leaves(new_page: NewPage) -> None:
    now = timezone.now()
    person, boss = given.a_holder(coins=30, now=now), given.a_user(now=now)
    first, second = person.numbers.get().msisdn, given.an_msisdn()
    invite_member(
        organisation=given.a_sponsor(owner=boss, now=now).holder,
        by=boss,
        msisdn=first,
        role="viewer",
        key=uuid4(),
        now=now,
    )
    page = new_page("zh-CN")
    log_in(page, msisdn=first)
    page.goto("/numbers/")
    assert_fits(page)
    page.locator("input[name=msisdn]").fill(second)
    page.get_by_role("button", name="获取验证码").click()
    expect(page.locator("input[name=code]")).to_be_visible()
    assert_fits(page)
    page.locator("input[name=code]").fill(code_sent_to(second))
    page.locator("main form button").first.click()
    expect(page.locator("main")).to_contain_text(f"{second[:3]}****{second[-4:]}")
    assert_fits(page)

    page.goto("/organisations/")
    assert_fits(page)
    page.get_by_role("button", name="接受", exact=True).click()
    expect(page.locator("h1")).to_have_text("乐视")
    page.goto("/organisations/")
    page.get_by_role("button", name="代表它办事").click()
    expect(page.locator("h1")).to_have_text("乐视")
    page.goto("/organisations/")
    expect(page.locator("main")).to_contain_text("正在代表")
    assert_fits(page)

    page.goto("/me/close/")
    assert_fits(page)
    page.get_by_label("我知道注销后不能恢复").check()
    page.get_by_role("button", name="下一步").click()
    expect(page.locator("main")).to_contain_text("再问一次")
    assert_fits(page)
    page.get_by_role("button", name="注销我的钱包").click()
    expect(page.locator("body")).to_contain_text("钱包已经注销")
    assert Closure.objects.get().coins == 30
