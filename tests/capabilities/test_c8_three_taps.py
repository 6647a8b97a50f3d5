"""C8: inside a chat app, nothing to install, three taps from a link to a gift; one with a session."""

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from ledger.queries import coins_in
from tests import given
from tests.browser.conftest import NewPage
from tests.browser.steps import assert_fits, code_sent_to, log_in
from tests.wallet.convert.world import reachable
from wallet.convert.models import Conversion
from wallet.gift.models import Gift
from wallet.gift.queries import token_for
from wallet.holders.models import Holder
from wallet.holders.queries import main_of
from wallet.holders.rules import opaque_id

pytestmark = [pytest.mark.browser, pytest.mark.own_database]

WECHAT = (
    "Mozilla/5.0 (Linux; Android 13; M2012K11AC Build/TKQ1.220829.002; wv) AppleWebKit/537.36"
    " (KHTML, like Gecko) Version/4.0 Chrome/116.0.0.0 Mobile Safari/537.36 XWEB/1160117"
    " MMWEBSDK/20240301 MMWEBID/1 MicroMessenger/8.0.48.2580(0x28003036) WeChat/arm64"
    " Weixin NetType/4G Language/zh_CN ABI/arm64"
)
COUNT_TAPS = """addEventListener("click", event => {
  if (event.isTrusted) sessionStorage.taps = Number(sessionStorage.taps || 0) + 1
}, true)"""


def a_chat_app(new_page: NewPage) -> Page:
    """Return a page inside a chat app that counts every tap on it, from page to page."""
    page = new_page("zh-CN", user_agent=WECHAT)
    page.add_init_script(COUNT_TAPS)
    return page


def taps(page: Page) -> int:
    return int(page.evaluate("sessionStorage.taps || 0"))


def type_into(page: Page, name: str, text: str) -> None:
    """Type without touching the field: the page has put the cursor there."""
    expect(page.locator(f"input[name={name}]")).to_be_focused()
    page.keyboard.type(text)


def ask_for_code(page: Page, *, msisdn: str) -> None:
    type_into(page, "phone", msisdn)
    page.get_by_role("button", name="获取验证码").tap()
    expect(page.locator("input[name=code]")).to_be_visible()


def enter(page: Page, code: str) -> None:
    type_into(page, "code", code)
    page.get_by_role("button", name="确认").tap()


def a_gift(sender: Holder, *, coins: int) -> Gift:
    return given.a_gift(sender=sender, coins=coins, now=timezone.now())


def test_a_friend_without_an_account_claims_in_three_taps_and_tops_up_with_one_more(
    new_page: NewPage,
) -> None:
    reachable("CM")
    sender = given.a_holder(coins=100, now=timezone.now())
    gift, msisdn = a_gift(sender, coins=60), given.an_msisdn(carrier="CM")
    giving = new_page("zh-CN")
    log_in(giving, msisdn=sender.numbers.get().msisdn)
    giving.goto(f"/gifts/{opaque_id('gft', gift.pk)}/")
    expect(giving.locator("h1")).to_contain_text("等朋友领取")
    assert_fits(giving)

    page = a_chat_app(new_page)
    page.goto(f"/g/{token_for(gift)}/")
    assert "MicroMessenger" in page.evaluate("navigator.userAgent")
    assert_fits(page)
    page.get_by_role("link", name="领取").tap()
    ask_for_code(page, msisdn=msisdn)
    enter(page, code_sent_to(msisdn))
    expect(page.locator("h1")).to_have_text("领到了")
    assert taps(page) == 3
    assert_fits(page)
    friend = Holder.objects.get(numbers__msisdn=msisdn)
    assert coins_in(main_of(friend)) == 60

    # The sender looks at the page all the while and touches nothing.
    expect(giving.locator("h1")).to_contain_text("已领取")
    masked = f"{msisdn[:3]}****{msisdn[-4:]}"
    expect(giving.locator("main")).to_contain_text(masked)

    page.get_by_role("button", name="谢谢送礼的人").tap()
    expect(page.locator("main")).to_contain_text("已经说过谢谢了")
    page.get_by_role("button", name=f"充到 {masked}").tap()
    expect(page.locator("[data-stage]")).to_be_visible()
    assert taps(page) == 5
    row = Conversion.objects.get()
    assert (row.coins, row.msisdn, coins_in(main_of(friend))) == (60, msisdn, 0)
    giving.goto("/inbox/")
    expect(giving.locator("main")).to_contain_text("朋友感谢您送的 60 币")


def test_with_a_session_one_tap_claims(new_page: NewPage) -> None:
    sender, friend = (given.a_holder(coins=coins, now=timezone.now()) for coins in (100, 0))
    gift = a_gift(sender, coins=40)
    page = a_chat_app(new_page)
    log_in(page, msisdn=friend.numbers.get().msisdn)
    page.goto(f"/g/{token_for(gift)}/")
    before = taps(page)
    page.get_by_role("button", name="领取").tap()
    expect(page.locator("h1")).to_have_text("领到了")
    assert taps(page) - before == 1
    assert coins_in(main_of(friend)) == 40


def test_a_wrong_code_keeps_one_on_the_way_to_the_gift(new_page: NewPage) -> None:
    sender = given.a_holder(coins=100, now=timezone.now())
    gift, msisdn = a_gift(sender, coins=40), given.an_msisdn(carrier="CU")
    page = a_chat_app(new_page)
    page.goto(f"/g/{token_for(gift)}/")
    page.get_by_role("link", name="领取").tap()
    ask_for_code(page, msisdn=msisdn)
    wrong = "000000" if code_sent_to(msisdn) != "000000" else "111111"
    for _ in range(2):
        page.locator("input[name=code]").fill(wrong)
        # The page that comes reads like the one that goes: it is waited for by that it is another.
        page.locator("main").evaluate("main => { main.dataset.goes = 'yes' }")
        page.get_by_role("button", name="确认").tap()
        expect(page.locator("main[data-goes]")).to_have_count(0)
        expect(page.locator("main")).to_contain_text("验证码不对")
        expect(page.locator("main")).to_contain_text("40 币")
        assert_fits(page)
    page.locator("input[name=code]").fill(wrong)
    page.get_by_role("button", name="确认").tap()
    # The code is spent; the gift is still in sight, and kept for this number.
    expect(page.locator("input[name=phone]")).to_be_visible()
    expect(page.locator("main")).to_contain_text("40 币")
    assert "/g/" in page.url
    page.locator("input[name=phone]").fill(msisdn)
    page.get_by_role("button", name="获取验证码").tap()
    expect(page.locator("input[name=code]")).to_be_visible()
    page.locator("input[name=code]").fill(code_sent_to(msisdn))
    page.get_by_role("button", name="确认").tap()
    expect(page.locator("h1")).to_have_text("领到了")
    assert coins_in(main_of(Holder.objects.get(numbers__msisdn=msisdn))) == 40
