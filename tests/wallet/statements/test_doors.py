"""A subscriber's month: on a page, as a table, on paper, by JSON; nobody else's."""

import re
import zlib
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from ledger.rules import month_after, month_name
from tests import given
from wallet.holders.models import Holder
from wallet.statements.pages import paper
from wallet.statements.queries import months_of

pytestmark = pytest.mark.django_db


def browser_of(holder: Holder, language: str = "zh-hans") -> Client:
    assert holder.user is not None
    client = Client(headers={"accept-language": language})
    client.force_login(holder.user)
    return client


def a_month() -> tuple[Holder, str]:
    """Return somebody with coins and deposited data since this month, and its name."""
    now = timezone.now()
    holder = given.a_holder(now=now)
    given.give_coins(holder, 70, now=now)
    given.give_surplus(holder.numbers.get(), 300, month=given.this_month(), now=now)
    given.a_gift(sender=holder, coins=20, now=now)
    return holder, month_name(given.this_month())


def characters_in(pdf: bytes) -> set[str]:
    """Return the characters that a PDF's fonts map their glyphs to: its text can be copied."""
    maps = ""
    for found in re.finditer(rb"stream\r?\n(.*?)\r?\nendstream", pdf, re.DOTALL):
        try:
            text = zlib.decompress(found[1])
        except zlib.error:
            text = found[1]
        if b"begincmap" in text:
            maps += text.decode("latin-1")
    pairs = re.findall(r"<[0-9A-Fa-f]+> <([0-9A-Fa-f]{4})>", maps)
    return {chr(int(code, 16)) for code in pairs}


def test_the_page_says_what_was_there_came_and_went_in_both_languages() -> None:
    holder, month = a_month()
    page = browser_of(holder).get(f"/statements/{month}/").content.decode()
    assert "50 币" in page
    assert "300 MB" in page
    assert "还没有结账" in page
    english = browser_of(holder, "en").get(f"/statements/{month}/").content.decode()
    assert "not closed yet" in english
    assert f'href="/statements/{month}/"' in browser_of(holder).get("/statements/").content.decode()


def test_the_table_is_the_months_own() -> None:
    holder, month = a_month()
    answer = browser_of(holder).get(f"/statements/{month}.csv", follow=True)
    assert answer.redirect_chain[0][0] == f"/history.csv?month={month}"
    assert answer.status_code == 200


def test_the_paper_has_its_words_in_either_language() -> None:
    holder, month = a_month()
    answer = browser_of(holder).get(f"/statements/{month}.pdf")
    assert answer["Content-Type"] == "application/pdf"
    assert answer.content.startswith(b"%PDF-")
    assert set("流量币月结单送出礼物币127350") <= characters_in(answer.content)
    english = browser_of(holder, "en").get(f"/statements/{month}.pdf").content
    assert set("Statement") <= characters_in(english)
    assert "礼" not in characters_in(english)


def test_long_months_take_several_sheets_and_say_what_is_left_out(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    holder, month = a_month()
    short = browser_of(holder).get(f"/statements/{month}.pdf").content
    assert b"/Count 1" in short
    monkeypatch.setattr("wallet.statements.pages.mine.ROWS_MAX", 2)
    left_out = browser_of(holder).get(f"/statements/{month}.pdf").content
    assert {"印", "格"} <= characters_in(left_out) - characters_in(short)
    rows = [["x"] * 5] * 100 + [["x" * 900] * 5]
    table = paper.Table(title="T", heads=list("abcde"), rows=rows, words=3)
    sums = paper.Table(title="S", heads=list("abcde"), rows=[["1"] * 5])
    drawn = paper.drawn(
        paper.Paper(title="T", facts=[("a", "b")], tables=[sums], entries=table, foot="f")
    )
    assert b"/Count 3" in drawn
    assert "…" in characters_in(drawn)


def test_by_json_each_place_has_its_sums() -> None:
    holder, month = a_month()
    found = given.client_of(holder).get(f"/api/v1/statements/{month}").json()
    assert (found["final"], found["sealed_under"], found["entries"]) == (False, "", 3)
    coins, surplus = (place["lines"][0] for place in found["places"])
    assert coins == {"asset": "COIN", "opening": 0, "came": 70, "went": 20, "closing": 50}
    assert (surplus["came"], found["places"][0]["place"]) == (300, "main")


@pytest.mark.parametrize("month", ["2026-13", "x", "9999-01", "1999-01", "2026-1"])
def test_what_is_no_month_is_not_found(month: str) -> None:
    holder, _month = a_month()
    for path in (f"/statements/{month}/", f"/statements/{month}.pdf", f"/statements/{month}.csv"):
        assert browser_of(holder).get(path).status_code == 404
    assert given.client_of(holder).get(f"/api/v1/statements/{month}").status_code == 404


def test_a_stranger_sees_an_empty_month_of_the_own() -> None:
    _holder, month = a_month()
    stranger = given.a_holder(now=timezone.now())
    page = browser_of(stranger).get(f"/statements/{month}/").content.decode()
    assert "这个月没有记录" in page
    assert browser_of(stranger).get(f"/statements/{month}.pdf").status_code == 200
    assert Client().get(f"/statements/{month}/").status_code == 302


def test_months_reach_back_to_the_wallets_first() -> None:
    now = timezone.now()
    holder = given.a_holder(now=now)
    assert months_of(holder, now=now) == [given.this_month()]
    holder.opened_at = now - timedelta(days=70)
    assert len(months_of(holder, now=now)) in (3, 4)
    assert month_after(given.this_month()) not in months_of(holder, now=now)


def test_nothing_of_a_long_name_is_left_out_on_paper() -> None:
    rows = [("存入的流量" * 10 + "鹏", "5")]
    sums = paper.Table(title="t", heads=("a", "b"), rows=rows, widths=(60, 122))
    entries = paper.Table(title="e", heads=("",) * 5, rows=[])
    sheet = paper.Paper(title="p", facts=[], tables=[sums], entries=entries, foot="")
    assert "鹏" in characters_in(paper.drawn(sheet))
