"""An account's page of the admin: its statement of a range, paged both ways, nothing counted."""

import re
from datetime import datetime, timedelta
from html import unescape

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from ledger.operations import open_months, post_batch
from ledger.rules import COIN, account_id
from tests.ledger.worlds import ISSUER, a_holder_with, a_posting, coins, main_of
from wallet.holders.models import User

pytestmark = pytest.mark.django_db
NEWER, OLDER = "prev", "next"


@pytest.fixture
def auditor(now: datetime) -> Client:
    """Sign in, with an issuer's account of 120 entries, three a day."""
    open_months(now=now)
    client = Client(headers={"accept-language": "en"})
    client.force_login(User.objects.create_superuser("+8613900000001"))
    main = main_of(a_holder_with(1, at=now.replace(day=1)))
    for day in range(30):
        at = now.replace(day=1) + timedelta(days=day, hours=1)
        post_batch([a_posting(*coins(1, ISSUER, main), at=at) for _ in range(4)])
    return client


def page(client: Client, query: str = "", *, address: str = ISSUER) -> str:
    account = account_id(address=address, asset=COIN)
    answer = client.get(reverse("admin:ledger_account_change", args=[account]) + query)
    assert answer.status_code == 200
    return answer.content.decode()


def balances(shown: str) -> list[int]:
    cells = re.findall(r'<td class="number" data-label="[^"]*">([-+0-9,]+)</td>', shown)
    return [int(cell.replace(",", "")) for cell in cells]


def link(shown: str, rel: str) -> str | None:
    found = re.search(rf'rel="{rel}" href="([^"]*)"', shown)
    return unescape(found[1]) if found else None


def test_untracked_account_has_a_balance_on_every_line(auditor: Client) -> None:
    seen, query = [], ""
    while True:
        shown = page(auditor, query)
        seen += balances(shown)
        older = link(shown, OLDER)
        if older is None:
            break
        query = older
    assert seen == list(range(-121, 0))
    back = link(shown, NEWER)
    assert back is not None
    assert balances(page(auditor, back))[-1] == balances(shown)[0] - 1


def test_range_has_its_opening_and_closing_balance(auditor: Client) -> None:
    shown = page(auditor, "?since=2026-11-03&until=2026-11-04")
    assert balances(shown) == [-17, -16, -15, -14, -13, -12, -11, -10]
    assert "Opening balance <strong>-9</strong>" in shown
    assert "Closing balance <strong>-17</strong>" in shown
    assert "more may be booked" in shown
    assert link(shown, OLDER) is None


@pytest.mark.parametrize(
    "query, said",
    [
        ("?since=2026-11-04&until=2026-11-03", "cannot come before"),
        ("?until=9999-12-31", "in no book"),
        ("?since=never", "Statement"),
        ("?before=2026-13.5", "Statement"),
        ("?after=2026-11.99999999999999999999", "Statement"),
    ],
)
def test_nonsense_shows_the_newest(auditor: Client, query: str, said: str) -> None:
    shown = page(auditor, query)
    assert said in shown
    assert balances(shown)[0] == -121


def test_nothing_is_counted(auditor: Client) -> None:
    with CaptureQueriesContext(
        connection,
    ) as asked:
        page(auditor)
    statements = [each["sql"] for each in asked.captured_queries]
    assert [sql for sql in statements if "COUNT(" in sql.upper() and "ledger_" in sql] == []
