"""My entries, page by page and as a file."""

import csv
import io

import pytest
from django.http import StreamingHttpResponse
from django.test import Client

from ledger.rules import month_after
from tests import given
from wallet.holders.models import Holder
from wallet.holders.queries import numbers_of
from wallet.home import pages

pytestmark = pytest.mark.django_db


def _client(holder: Holder, language: str = "zh-hans") -> Client:
    assert holder.user is not None
    client = Client(headers={"host": "127.0.0.1", "accept-language": language})
    client.force_login(holder.user)
    return client


def _text(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, answer.content
    return answer.content.decode()


def _rows(client: Client, path: str) -> list[list[str]]:
    answer = client.get(path)
    assert answer.status_code == 200
    assert isinstance(answer, StreamingHttpResponse)
    body = b"".join(answer).decode()
    assert body.startswith("\ufeff")
    return list(csv.reader(io.StringIO(body.removeprefix("\ufeff"))))


def test_pages_follow_each_other_without_gap(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "PAGE_ROWS", 2)
    holder = given.a_holder()
    for coins in (101, 102, 103, 104, 105):
        given.give_coins(holder, coins)
    client = _client(holder)
    answer = client.get("/history/")
    seen = []
    while True:
        seen += [line.amount for line in answer.context["lines"]]
        older = answer.context["older"]
        if older is None:
            break
        answer = client.get(f"/history/?before={older}")
    assert seen == [105, 104, 103, 102, 101]
    assert "余额 515" in _text(client, "/history/")


def test_a_month_is_picked() -> None:
    holder = given.a_holder(coins=111)
    client = _client(holder)
    month = given.MONTH
    assert "+111" in _text(client, f"/history/?month={month:%Y-%m}")
    assert "+111" not in _text(client, f"/history/?month={month_after(month):%Y-%m}")


@pytest.mark.parametrize("query", ["month=x", "month=2026-13", "before=x", "before=9" * 30])
def test_what_cannot_be_read_shows_all(query: str) -> None:
    holder = given.a_holder(coins=111)
    assert "+111" in _text(_client(holder), f"/history/?{query}")


def test_nobody_sees_anothers_entries() -> None:
    given.a_holder(coins=777)
    other = given.a_holder()
    assert "777" not in _text(_client(other), "/history/")
    assert len(_rows(_client(other), "/history.csv")) == 1


def test_the_file_says_everything_in_the_readers_language() -> None:
    holder = given.a_holder(coins=1_500)
    given.give_surplus(numbers_of(holder)[0], 300)
    head, line, coins = _rows(_client(holder), "/history.csv?month=2026-11")
    assert head[:2] == ["时间", "事项"]
    assert line[1:7] == [
        "更正（增加）",
        "存入的流量 · 全国流量",
        "中国电信存入的流量（2026-11 月底到期）",
        "SURPLUS-CT-2026-11",
        "300",
        "300",
    ]
    assert coins[0] == "2026-11-16 10:30:00"
    assert coins[3:7] == ["币", "COIN", "1500", "1500"]
    assert _rows(_client(holder, "en"), "/history.csv")[0][:2] == ["Time", "What"]


@pytest.mark.parametrize(("language", "opening"), [("zh-hans", "月初"), ("en", "At the beginning")])
def test_a_month_begins_with_its_statement(language: str, opening: str) -> None:
    client = _client(given.a_holder(coins=70), language)
    month = f"{given.MONTH:%Y-%m}"
    assert opening in _text(client, f"/history/?month={month}")
    assert opening not in _text(client, "/history/")
