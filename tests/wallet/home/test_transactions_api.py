"""My transactions by the API: each once, with my side of it, a page at a time."""

from datetime import timedelta

import pytest

from ledger.operations import post
from ledger.rules import COIN, Posting, derived_id, merged, move
from tests import given
from tests.given import NOW
from wallet.holders.models import Holder
from wallet.holders.queries import line_of, main_of

pytestmark = pytest.mark.django_db
URL = "/api/v1/transactions"


@pytest.fixture
def me() -> Holder:
    """Return somebody who was given 7 and then 9 coins."""
    given.open_ledger(now=NOW)
    holder = given.a_holder()
    given.give_coins(holder, 7, now=NOW - timedelta(days=1))
    given.give_coins(holder, 9, now=NOW)
    return holder


def trade(holder: Holder) -> None:
    """Post one transaction that takes coins and brings data, on a line as well."""
    number = holder.numbers.get()
    legs = merged(
        (
            *move(asset=COIN, amount=5, source=main_of(holder), target="fees/CT"),
            *move(asset="DATA-CT-2026-11", amount=2, source="system/sold", target=main_of(holder)),
            *move(
                asset="SURPLUS-CT-2026-11",
                amount=3,
                source="carrier/CT/deposited",
                target=line_of(number=number, package="basic"),
            ),
        )
    )
    posting = Posting(
        id=derived_id(holder.pk, "trade"), kind="correction", at=NOW, actor="test", legs=legs
    )
    post(posting)


def test_each_transaction_is_there_once_with_my_side_of_it(me: Holder) -> None:
    trade(me)
    answer = given.client_of(me).get(URL).json()
    last, *before = answer["results"]
    assert [[entry["amount"] for entry in row["entries"]] for row in before] == [[9], [7]]
    assert (last["kind"], last["month"], last["reverses"]) == ("correction", "2026-11", None)
    assert last["id"].startswith("txn_")
    sides = {entry["asset"]: entry for entry in last["entries"]}
    assert set(sides) == {COIN, "DATA-CT-2026-11", "SURPLUS-CT-2026-11"}
    coins, line = sides[COIN], sides["SURPLUS-CT-2026-11"]
    assert (coins["account"], coins["amount"], coins["balance_after"]) == ("main", -5, 11)
    assert (coins["number"], coins["package"]) == (None, None)
    assert (line["account"], line["package"]) == (None, "basic")
    assert line["number"].startswith("num_")
    assert coins["id"].startswith("ent_")


def test_pages_lead_on_and_nothing_is_twice(me: Holder) -> None:
    trade(me)
    client = given.client_of(me)
    every = client.get(URL).json()["results"]
    first = client.get(URL, {"limit": "2"}).json()
    given.give_coins(me, 1, now=NOW)  # what arrives meanwhile moves nothing
    last = client.get(first["next"]).json()
    assert [*first["results"], *last["results"]] == every
    assert (first["previous"], last["next"]) == (None, None)


def test_a_month_is_asked_for_by_its_name(me: Holder) -> None:
    client = given.client_of(me)
    assert len(client.get(URL, {"month": f"{NOW:%Y-%m}"}).json()["results"]) == 2
    assert client.get(URL, {"month": "2001-01"}).json()["results"] == []
    refused = client.get(URL, {"month": "2026-13"})
    assert refused.status_code == 400
    assert refused.json()["errors"][0]["pointer"] == "/month"


def test_a_stranger_sees_nothing_of_mine(me: Holder) -> None:
    assert given.client_of(given.a_holder()).get(URL).json()["results"] == []


def test_a_page_costs_the_same_whatever_it_holds(
    me: Holder, django_assert_max_num_queries: object
) -> None:
    trade(me)
    client = given.client_of(me)
    with django_assert_max_num_queries(12):  # type: ignore[operator]
        client.get(URL)
