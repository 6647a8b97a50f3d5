"""Two of the staff put the books right, each in a browser of the own."""

import pytest
from django.contrib.auth.models import Group
from django.utils import timezone
from playwright.sync_api import Page, expect

from ledger.queries import coins_in
from tests import given
from tests.browser.conftest import NewPage
from tests.browser.steps import log_in
from wallet.holders.queries import main_of

pytestmark = [pytest.mark.browser, pytest.mark.own_database]


def a_colleague(page: Page, *, role: str) -> None:
    """Sign somebody of the staff in."""
    holder = given.a_holder(now=timezone.now())
    assert holder.user is not None
    holder.user.is_staff = True
    holder.user.save(update_fields=["is_staff"])
    holder.user.groups.set(Group.objects.filter(name=role))
    log_in(page, msisdn=holder.user.phone.removeprefix("+86"))


def fill_line(page: Page, place: int, *, address: str, amount: int) -> None:
    page.locator(f"[name=form-{place}-address]").fill(address)
    page.locator(f"[name=form-{place}-amount]").fill(str(amount))


def test_two_persons_put_the_books_right(new_page: NewPage) -> None:
    now = timezone.now()
    given.a_sponsor(coins=1_000, now=now)
    main = main_of(given.a_holder(coins=50, now=now))
    ann, ben = new_page("en-GB"), new_page("zh-CN")
    a_colleague(ann, role="adjuster")
    a_colleague(ben, role="approver")

    ann.goto("/admin/ledger/proposal/add/")
    ann.locator("[name=reason]").fill("50 coins were lost when a carrier answered twice.")
    fill_line(ann, 0, address="issuer/CT", amount=-50)
    ann.locator("[name=form-1-address]").press_sequentially(main[:20])
    expect(ann.locator(f"#addresses option[value='{main}']")).to_have_count(1)
    fill_line(ann, 1, address=main, amount=50)
    ann.get_by_role("button", name="Preview").click()
    expect(ann.get_by_role("region", name="What approving would do now")).to_contain_text("100")
    ann.get_by_role("button", name="Propose").click()
    expect(ann.locator("body")).to_contain_text("A second person may approve it now.")
    expect(ann.get_by_role("link", name="Approve…")).to_have_count(0)

    ben.goto("/admin/")
    ben.get_by_role("link", name="调整与冲正").first.click()
    ben.locator("#result_list a").first.click()
    ben.get_by_role("link", name="批准…").click()
    ben.get_by_role("button", name="批准").click()
    assert coins_in(main) == 50  # what was not compared is not approved
    ben.get_by_role("checkbox").check()
    ben.get_by_role("button", name="批准").click()
    expect(ben.locator("body")).to_contain_text("已批准并入账。")
    assert coins_in(main) == 100
