"""A red packet is sent to a group; a friend without a wallet opens it in three taps."""

import os
from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from tests import given
from tests.browser.conftest import NewPage
from tests.browser.steps import ask_for_code, assert_fits, coins_shown, enter_code, log_in
from wallet.holders.queries import numbers_of
from wallet.packets.models import Packet

pytestmark = [pytest.mark.browser, pytest.mark.own_database]


def test_a_packet_is_sent_opened_and_checked(new_page: NewPage) -> None:
    sender = given.a_holder(coins=400, now=timezone.now())
    sending = new_page("zh-CN")
    log_in(sending, msisdn=numbers_of(sender)[0].msisdn)
    sending.goto("/packets/")
    assert_fits(sending)
    sending.get_by_role("link", name="发红包").click()
    assert_fits(sending)
    sending.locator("input[name=coins]").fill("120")
    sending.locator("input[name=share_count]").fill("2")
    sending.locator("input[name=greeting]").fill("恭喜发财，流量管够")
    sending.get_by_role("button", name="塞进红包").click()
    link = sending.locator(".link-box").inner_text()
    expect(sending.locator("#luck")).to_contain_text("已抢 0/2")
    sending.locator("summary").click()
    poster = sending.locator("img.poster")
    expect(poster).to_have_js_property("naturalWidth", 1080)
    assert_fits(sending)
    picture(sending, "sent")

    # A friend whose number has no wallet yet: 开 → 获取验证码 → 确认.
    msisdn = given.an_msisdn(carrier="CM")
    opening = new_page("en-GB")
    opening.goto(link)
    expect(opening.locator("main")).to_contain_text("120 coins in 2, by luck")
    assert_fits(opening)
    picture(opening, "sealed")
    taps = 0
    opening.get_by_role("link", name="Open", exact=True).click()
    taps += 1
    assert_fits(opening)
    picture(opening, "phone")
    ask_for_code(opening, msisdn=msisdn)
    taps += 1
    assert_fits(opening)
    picture(opening, "code")
    enter_code(opening, msisdn=msisdn)
    taps += 1
    expect(opening.locator(".notice.success")).to_be_visible()
    assert taps == 3
    assert_fits(opening)
    picture(opening, "opened")
    share = Packet.objects.get().shares.get(position=1)
    assert coins_shown(opening) == share.coins

    # The sender's page follows by itself.
    expect(sending.locator("#luck")).to_contain_text("已抢 1/2")
    opens_the_last_share(new_page("zh-CN"), link)


def opens_the_last_share(page: Page, link: str) -> None:
    """Open the packet with a session, look who had most luck, and check that it was fair."""
    log_in(page, msisdn=numbers_of(given.a_holder(now=timezone.now()))[0].msisdn)
    page.goto(link)
    page.get_by_role("button", name="开").click()
    expect(page.get_by_role("heading", name="抢到了")).to_be_visible()
    page.get_by_role("link", name="看看大家的手气").click()
    expect(page.locator("main")).to_contain_text("手气最佳")
    assert_fits(page)
    picture(page, "luck")
    page.get_by_role("link", name="核对公平").click()
    expect(page.locator(".notice.success")).to_contain_text("对得上")
    assert_fits(page)
    picture(page, "checked")
    page.goto("/fair/")
    assert_fits(page)
    picture(page, "days")


def test_a_sponsor_reads_what_its_packet_did(new_page: NewPage) -> None:
    owner = given.a_holder(now=timezone.now())
    given.a_sponsor(owner=owner.user, coins=300, now=timezone.now())
    page = new_page("en-GB")
    log_in(page, msisdn=numbers_of(owner)[0].msisdn)
    page.goto("/sponsor/")
    page.get_by_role("link", name="Send a red packet").click()
    page.locator("input[name=coins]").fill("90")
    page.locator("input[name=share_count]").fill("100")
    page.get_by_role("button", name="Put them in").click()
    expect(page.get_by_role("alert")).to_contain_text("each share has at least 1 coin")
    page.locator("input[name=share_count]").fill("3")
    page.get_by_role("button", name="Put them in").click()
    passer_by = new_page("zh-CN")
    passer_by.goto(page.locator("[aria-labelledby=packets] .link-box").inner_text())
    assert_fits(passer_by)
    picture(passer_by, "sponsored")
    passer_by.wait_for_load_state("networkidle")
    page.reload()
    row = page.locator("[aria-labelledby=packets] tbody tr")
    expect(row.locator("td").first).to_have_text("1")
    assert_fits(page)
    picture(page, "report")


def picture(page: Page, name: str) -> None:
    """Keep a picture of a page, where somebody wants to look at it."""
    if folder := os.environ.get("PICTURES"):
        page.screenshot(path=Path(folder) / f"packet-{name}.png", full_page=True)
