"""One sells, one buys, and whoever looks sees the trade, matched by the worker."""

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from config.embedded.children import free_port
from exchange.orders.models import Order
from ledger.rules import month_of
from tests import given
from tests.browser.conftest import NewPage
from tests.browser.steps import assert_fits, coins_shown, log_in
from wallet.holders.models import Holder
from wallet.holders.queries import numbers_of
from wallet.holders.rules import opaque_id

pytestmark = [pytest.mark.browser, pytest.mark.own_database]


@pytest.fixture
def live_port() -> int:
    return free_port()


def test_a_sell_and_a_buy_become_a_trade_that_others_see(new_page: NewPage) -> None:
    now = timezone.now()
    book = given.a_book(month=month_of(now), now=now)
    seller, buyer = given.a_trader(now=now), given.a_trader(coins=1_000, now=now)
    given.a_line(seller, surplus_mb=500, now=now)
    address = f"/market/{opaque_id('bok', book.pk)}/"

    selling = _signed_in(new_page("zh-CN"), seller)
    selling.goto("/market/")
    assert_fits(selling)
    selling.goto(address)
    assert_fits(selling)
    _order(selling, "sell", price=80, lots=3)
    expect(selling.locator(".tag").first).to_have_text("挂单中")
    selling.goto(f"{address}full/")
    assert_fits(selling)
    expect(selling.locator("[data-part=ladder]")).to_contain_text("80 币")
    expect(selling.locator("[data-part=trades]")).to_contain_text("还没有成交")

    buying = _signed_in(new_page("en-GB"), buyer)
    buying.goto(address)
    expect(buying.locator("[data-part=now]")).to_contain_text("80 coins")
    buying.locator("input[name=buy-lots]").fill("2")
    expect(buying.locator("#buy-quote")).to_contain_text("2 lots now for 160 coins")
    assert_fits(buying)
    buying.locator("section[aria-labelledby=buy] button").click()
    buying.wait_for_url("**/market/orders/**")
    # The page asks again by itself: nobody reloads it.
    expect(buying.locator(".tag").first).to_have_text("Filled")
    expect(buying.locator("table")).to_contain_text("80 coins")
    assert_fits(buying)
    # What was traded elsewhere is pushed to whoever looks: nobody reloads that either.
    expect(selling.locator("[data-part=trades] table")).to_contain_text("80 币")
    expect(selling.locator("[data-live-state]")).to_have_text("实时")
    expect(selling.locator("[data-part=price] svg")).to_be_visible()
    assert_fits(selling)
    # 2 lots at 80 and their fee cover of 2 coins.
    assert coins_shown(buying) == 1_000 - 160 - 2
    expect(buying.locator("main")).to_contain_text("200 MB")

    selling.goto("/")
    expect(selling.locator("main")).to_contain_text("160 币")
    selling.goto(f"/market/orders/{opaque_id('ord', _order_of(seller).pk)}/")
    selling.get_by_role("button", name="撤单").click()
    expect(selling.locator("main .tag").first).to_have_text("已撤销")
    assert_fits(selling)


def test_a_refusal_is_in_sight_without_scrolling(new_page: NewPage) -> None:
    now = timezone.now()
    book = given.a_book(month=month_of(now), now=now)
    seller = given.a_trader(now=now)
    given.a_line(seller, surplus_mb=500, now=now)
    page = _signed_in(new_page("zh-CN"), seller)
    page.goto(f"/market/{opaque_id('bok', book.pk)}/")
    page.locator("input[name=sell-kind][value=limit]").check()
    page.locator("input[name=sell-price_coins]").fill("85")
    page.locator("input[name=sell-lots]").fill("600")
    page.locator("section[aria-labelledby=sell] button").click()
    expect(page.locator(".errorlist.nonfield")).to_be_in_viewport()


def _signed_in(page: Page, holder: Holder) -> Page:
    log_in(page, msisdn=numbers_of(holder)[0].msisdn)
    return page


def _order(page: Page, side: str, *, price: int, lots: int) -> None:
    page.locator(f"input[name={side}-kind][value=limit]").check()
    page.locator(f"input[name={side}-price_coins]").fill(str(price))
    page.locator(f"input[name={side}-lots]").fill(str(lots))
    page.locator(f"section[aria-labelledby={side}] button").click()
    page.wait_for_url("**/market/orders/**")


def _order_of(holder: Holder) -> Order:
    return Order.objects.get(holder=holder)
