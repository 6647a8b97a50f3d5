"""What people do in a browser, step by step."""

import re

from playwright.sync_api import Page, expect

from wallet.holders.models import TextMessage

CODE = re.compile(r"\b\d{6}\b")


def ask_for_code(page: Page, *, msisdn: str) -> None:
    """Fill in the number on the page that asks for it."""
    page.locator("input[name=phone]").fill(msisdn)
    page.locator("main form button").first.click()
    expect(page.locator("input[name=code]")).to_be_visible()


def enter_code(page: Page, *, msisdn: str) -> None:
    """Fill in the newest code that was sent to the number."""
    page.locator("input[name=code]").fill(code_sent_to(msisdn))
    page.locator("form.code-input button").click()


def code_sent_to(msisdn: str) -> str:
    """Return the newest code that was sent to the number."""
    text = TextMessage.objects.filter(phone=f"+86{msisdn}").latest("id")
    found = CODE.search(text.body)
    assert found is not None, text.body
    return found.group()


def log_in(page: Page, *, msisdn: str) -> None:
    """Sign in with a phone number and the code sent to it."""
    page.goto("/account/login/")
    ask_for_code(page, msisdn=msisdn)
    enter_code(page, msisdn=msisdn)
    expect(page.locator("nav.tabs")).to_be_visible()


def coins_shown(page: Page) -> int:
    """Read the coins on the home page."""
    page.goto("/")
    return int(page.locator("[data-coins]").get_attribute("data-coins") or "")


def assert_fits(page: Page) -> None:
    """Hold a page to the width of a phone, one first heading, labels and ids that are right."""
    page.wait_for_load_state()
    widths = "[document.documentElement.scrollWidth, document.documentElement.clientWidth]"
    needed, there = page.evaluate(widths)
    assert needed <= there, f"{page.url} is {needed} px wide"
    assert page.locator("h1").count() == 1, page.url
    unlabelled = page.evaluate(
        "[...document.querySelectorAll('main input:not([type=hidden]), main select, main textarea')]"
        ".filter(field => !field.labels.length && !field.ariaLabel).map(field => field.name)"
    )
    assert unlabelled == [], page.url
    twice = page.evaluate(
        "[...document.querySelectorAll('[id]')].map(each => each.id)"
        ".filter((id, place, all) => all.indexOf(id) !== place)"
    )
    assert twice == [], page.url
