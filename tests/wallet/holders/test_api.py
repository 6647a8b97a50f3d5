"""Who I am and what I hold, as JSON."""

import pytest
from rest_framework.test import APIClient

from tests import given
from wallet.holders import set_aside
from wallet.holders.rules import opaque_id
from wallet.holders.set_aside import SetAside

pytestmark = pytest.mark.django_db


def test_me() -> None:
    holder = given.a_holder(tier=1, carrier="CM")
    me = given.client_of(holder).get("/api/v1/me").json()
    assert me["id"] == opaque_id("hld", holder.pk)
    assert (me["tier"], me["frozen"]) == (1, False)
    assert [number["carrier"] for number in me["numbers"]] == ["CM"]
    assert me["phone"] == f"+86{me['numbers'][0]['msisdn']}"


def test_balances_say_where_everything_is(monkeypatch: pytest.MonkeyPatch) -> None:
    holder = given.a_holder(coins=70)
    given.give_data(holder, 30)
    given.give_data(holder, 5, goods="VOUCHER", carrier="CU")
    number = holder.numbers.get()
    given.give_surplus(number, 400)
    waiting = SetAside(id="gft_x", asset="COIN", amount=7)
    monkeypatch.setattr(set_aside, "_sources", {"gift": lambda one: [waiting] * (one == holder)})
    balances = given.client_of(holder).get("/api/v1/balances").json()
    assert balances["coins"] == 70
    assert balances["data"] == [
        {"goods": "data", "carrier": "CT", "month": "2026-11", "mb": 30},
        {"goods": "voucher", "carrier": "CU", "month": "2026-11", "mb": 5},
    ]
    assert [(line["package"], line["mb"]) for line in balances["lines"]] == [("national", 400)]
    assert [(one["reason"], one["amount"]) for one in balances["set_aside"]] == [("gift", 7)]


def test_a_stranger_and_a_clerk_are_refused() -> None:
    assert APIClient().get("/api/v1/me").status_code == 403
    clerk = APIClient()
    clerk.force_login(given.a_user())
    answer = clerk.get("/api/v1/balances")
    assert (answer.status_code, answer.json()["code"]) == (403, "no_holder")
