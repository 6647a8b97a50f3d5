"""The statement of an account of mine by the API: a range, its balances, its pages."""

from datetime import timedelta

import pytest

from ledger.rules import SHANGHAI
from tests import given
from tests.given import NOW
from wallet.holders.models import Holder
from wallet.holders.rules import opaque_id

pytestmark = pytest.mark.django_db
URL = "/api/v1/statement"
DAY = NOW.astimezone(SHANGHAI).date()
RANGE = {"since": f"{DAY:%Y-%m}-01", "until": f"{DAY}"}


@pytest.fixture
def me() -> Holder:
    """Return somebody who was given 7, 8 and 9 coins on three days."""
    given.open_ledger(now=NOW)
    holder = given.a_holder()
    for days, coins in ((2, 7), (1, 8), (0, 9)):
        given.give_coins(holder, coins, now=NOW - timedelta(days=days))
    return holder


def test_statement_runs_from_opening_to_closing(me: Holder) -> None:
    answer = given.client_of(me).get(URL, RANGE).json()
    assert (answer["opening"], answer["closing"], answer["final"]) == (0, 24, False)
    assert [line["amount"] for line in answer["results"]] == [7, 8, 9]
    assert [line["balance"] for line in answer["results"]] == [7, 15, 24]
    assert (answer["next"], answer["previous"]) == (None, None)
    first = answer["results"][0]
    assert first["id"].startswith("ent_")
    assert first["transaction"].startswith("txn_")
    assert first["booked_by_close"] is False


def test_days_are_those_of_shanghai_and_the_last_counts(me: Holder) -> None:
    day = f"{DAY - timedelta(days=1)}"
    answer = given.client_of(me).get(URL, {"since": day, "until": day}).json()
    assert (answer["opening"], answer["closing"]) == (7, 15)
    assert [line["amount"] for line in answer["results"]] == [8]


def test_pages_lead_on_and_back(me: Holder) -> None:
    client = given.client_of(me)
    every = client.get(URL, RANGE).json()
    first = client.get(URL, {**RANGE, "limit": "2"}).json()
    last = client.get(first["next"]).json()
    assert (first["previous"], last["next"]) == (None, None)
    assert first["results"] + last["results"] == every["results"]
    assert (last["opening"], last["closing"]) == (0, 24)
    assert client.get(last["previous"]).json()["results"] == first["results"]


def test_own_data_has_a_statement_of_its_line(me: Holder) -> None:
    number = me.numbers.get()
    asset: str = given.give_surplus(number, 300, now=NOW)
    asked: dict[str, str] = {
        **RANGE,
        "asset": asset,
        "number": opaque_id("num", number.pk),
        "package": given.PACKAGE,
    }
    answer = given.client_of(me).get(URL, asked).json()
    assert (answer["closing"], answer["results"][-1]["balance"]) == (300, 300)
    stranger = given.client_of(given.a_holder()).get(URL, asked)
    assert (stranger.status_code, stranger.json()["code"]) == (404, "unknown_id")


def test_asset_nobody_has_is_an_empty_statement(me: Holder) -> None:
    answer = given.client_of(me).get(URL, {**RANGE, "asset": "GOLD"}).json()
    assert (answer["opening"], answer["closing"], answer["results"]) == (0, 0, [])


@pytest.mark.parametrize(
    "asked",
    [
        {"since": "2026-11-05", "until": "2026-11-04"},
        {"since": "yesterday"},
        {"since": "0001-01-01", "until": "2026-11-04"},
        {"until": "9999-12-31"},
        {"package": "national"},
        {"asset": "x" * 41},
        {"asset": "\x00"},
    ],
)
def test_bad_range_is_refused(me: Holder, asked: dict[str, str]) -> None:
    answer = given.client_of(me).get(URL, asked)
    assert answer.status_code in {400, 422}
    assert answer.json()["code"]
