"""From a phone number and "50 coins missing on the 3rd" to the entry and its cause in four pages."""

import os
import re
from datetime import datetime
from pathlib import Path

import pytest
from django.contrib.auth.models import Group
from django.utils import timezone
from playwright.sync_api import Page, expect

from config.groups import AUDITOR, DESK
from ledger.audit.models import Look
from ledger.rules import SHANGHAI
from tests import given
from tests.browser.conftest import NewPage
from tests.browser.steps import assert_fits, log_in
from wallet.holders.models import Holder, User

pytestmark = [pytest.mark.browser, pytest.mark.own_database]

REASON = "Call 4711: 50 coins missing"


def third() -> datetime:
    """Return a moment of the third of this month; the ledger takes any of an open month."""
    return timezone.now().astimezone(SHANGHAI).replace(day=3, hour=15, minute=4)


def a_complaint() -> Holder:
    """Return somebody who gave 50 coins away on the third, among much else."""
    at = third()
    holder = given.a_holder(coins=400, now=at.replace(day=1))
    for day in (2, 3, 4):
        moment = at.replace(day=day)
        given.a_gift(sender=holder, coins=30 + day, now=moment)
    given.a_gift(sender=holder, coins=50, now=at)
    return holder


def staff(page: Page, group: str) -> Page:
    """Sign somebody of the staff in."""
    msisdn = given.an_msisdn()
    user = User.objects.create_user(f"+86{msisdn}", is_staff=True, phone_verified_at=timezone.now())
    user.groups.add(Group.objects.get(name=group))
    log_in(page, msisdn=msisdn)
    return page


def kept(page: Page, name: str) -> None:
    """Keep a picture of a page, where somebody asks for them."""
    folder = os.environ.get("SCREENSHOTS")
    if folder:
        page.screenshot(path=str(Path(folder) / f"{name}.png"), full_page=True)


@pytest.mark.parametrize("language", ["zh-CN", "en-GB"])
def test_from_a_phone_to_the_cause_in_four_pages(new_page: NewPage, language: str) -> None:
    holder = a_complaint()
    page = staff(new_page(language), AUDITOR)
    pages: list[str] = []
    page.on(
        "framenavigated",
        lambda frame: pages.append(frame.url) if frame.parent_frame is None else None,
    )
    page.goto("/admin/")  # the first page
    kept(page, f"index-{language}")
    page.locator("input[name=q]").first.fill(holder.numbers.get().msisdn)
    page.locator("#audit-reason").fill(REASON)
    page.locator("#audit-day").fill(f"{third():%Y-%m-%d}")
    page.locator("form[role=search] button").first.click()  # the second
    page.wait_for_url(f"**/admin/desk/people/{holder.pk}/**")
    expect(page.locator("tbody tr[id^=entry]")).to_have_count(4)  # two gifts, both sides of each
    kept(page, f"timeline-{language}")
    missing = page.locator("tr", has_text=re.compile(r"-50\s")).first
    expect(missing).to_contain_text("gift_send")
    missing.get_by_role("link", name="gift_send").click()  # the third
    page.wait_for_url("**/admin/ledger/transaction/**")
    expect(page.locator("main, #main").first).to_contain_text(re.compile("(Gift|礼物) gft_"))
    kept(page, f"transaction-{language}")
    assert len(pages) == 3, pages
    assert holder.numbers.get().msisdn not in " ".join(pages)
    looks = Look.objects.order_by("id").values_list("kind", flat=True)
    assert list(looks) == ["reason", "reason", "search", "timeline"]
    page.goto("/admin/desk/trial/")
    kept(page, f"trial-{language}")


def test_a_doubt_is_answered_into_the_inbox(new_page: NewPage) -> None:
    holder = a_complaint()
    subscriber = new_page("zh-CN")
    log_in(subscriber, msisdn=holder.numbers.get().msisdn)
    subscriber.goto("/history/")
    assert_fits(subscriber)
    kept(subscriber, "history")
    line = subscriber.locator("ul.entries > li", has_text="−50").first
    line.get_by_role("link", name="有疑问").click()
    subscriber.locator("textarea[name=text]").fill("3 号少了 50 币")
    assert_fits(subscriber)
    kept(subscriber, "case-new")
    subscriber.get_by_role("button", name="提交").click()
    subscriber.wait_for_url("**/cases/cas_*/")
    assert_fits(subscriber)

    desk = staff(new_page("en-GB"), DESK)
    desk.goto("/admin/")
    desk.get_by_role("link", name="Subscribers' questions (1)").click()
    desk.locator("#result_list tbody a").first.click()
    expect(desk.locator("#main")).to_contain_text("3 号少了 50 币")
    kept(desk, "case-admin")
    desk.locator("select[name=outcome]").select_option("right")
    desk.locator("textarea[name=answer]").fill("那是您送出的礼物。")
    desk.get_by_role("button", name="Answer and close").click()
    expect(desk.locator("textarea[name=answer]")).to_have_count(0)

    subscriber.goto("/inbox/")
    assert_fits(subscriber)
    subscriber.get_by_role("link", name="您问的那笔记录没有错。那是您送出的礼物。").click()
    expect(subscriber.locator("main")).to_contain_text("那是您送出的礼物。")
    assert_fits(subscriber)
    kept(subscriber, "case-answered")
