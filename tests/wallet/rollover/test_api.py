"""Own data as JSON: packages, deposits, take-backs; and who is refused."""

from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone

from tests import given
from tests.carrying import attest, carriers_answer
from wallet.holders.models import Holder
from wallet.holders.rules import opaque_id
from wallet.rollover.models import Deposit
from wallet.rollover.operations.deposits import settle_deposits
from wallet.rollover.operations.take_backs import settle_take_backs

pytestmark = pytest.mark.django_db


@pytest.fixture
def holder() -> Holder:
    given.open_ledger_today()
    holder = given.a_holder()
    month = given.this_month()
    attest(holder.numbers.get(), month=month, as_of=f"{month:%Y-%m}-01")
    return holder


def body(holder: Holder, **changed: Any) -> dict[str, Any]:
    number = opaque_id("num", holder.numbers.get().pk)
    return {"number": number, "package": given.PACKAGE, "mb": 500} | changed


def ask(who: Holder, path: str, asked: object, key: str = "") -> Any:
    headers = {"Idempotency-Key": key or str(uuid4())}
    return given.client_of(who).post(f"/api/v1/{path}", asked, format="json", headers=headers)


def carried_out() -> None:
    carriers_answer(now=timezone.now())
    settle_deposits(now=timezone.now())
    settle_take_backs(now=timezone.now())


def test_a_deposit_is_accepted_and_then_done(holder: Holder) -> None:
    client = given.client_of(holder)
    asked = ask(holder, "deposits", body(holder))
    assert asked.status_code == 202
    assert (asked.data["state"], asked.data["mb"]) == ("asked", 500)
    carried_out()
    found = client.get(f"/api/v1/deposits/{asked.data['id']}")
    assert (found.data["state"], found.data["carrier_state"]) == ("done", "delivered")
    assert [row["id"] for row in client.get("/api/v1/deposits").data["results"]] == [
        asked.data["id"]
    ]
    (package,) = client.get("/api/v1/packages").data
    assert (package["left_mb"], package["deposited_mb"]) == (1000, 500)
    assert client.get("/api/v1/balances").data["lines"][0]["mb"] == 500


def test_a_take_back_is_accepted_and_then_done(holder: Holder) -> None:
    ask(holder, "deposits", body(holder))
    carried_out()
    asked = ask(holder, "take-backs", body(holder, mb=200))
    assert asked.status_code == 202
    waiting = given.client_of(holder).get("/api/v1/balances").data["set_aside"]
    assert [(row["reason"], row["amount"]) for row in waiting] == [("take_back", 200)]
    carried_out()
    client = given.client_of(holder)
    assert client.get(f"/api/v1/take-backs/{asked.data['id']}").data["state"] == "done"
    assert len(client.get("/api/v1/take-backs").data["results"]) == 1


def test_the_same_key_is_answered_the_same(holder: Holder) -> None:
    key = str(uuid4())
    first = ask(holder, "deposits", body(holder), key)
    assert ask(holder, "deposits", body(holder), key).data == first.data
    assert Deposit.objects.count() == 1
    assert ask(holder, "deposits", body(holder, mb=1), key).status_code == 422


@pytest.mark.parametrize(
    "changed, status, code",
    [
        ({"mb": 1501}, 409, "more_than_left"),
        ({"package": "absent"}, 404, "package_unknown"),
        ({"number": "num_absent"}, 404, "unknown_id"),
        ({"mb": 0}, 400, "invalid"),
        ({"mb": -5}, 400, "invalid"),
        ({"mb": 2**63}, 400, "invalid"),
        ({"mb": "many"}, 400, "invalid"),
        ({"mb": None}, 400, "invalid"),
        ({"package": "p" * 33}, 400, "invalid"),
    ],
)
def test_what_cannot_be_deposited_says_why(
    holder: Holder, changed: dict[str, Any], status: int, code: str
) -> None:
    refused = ask(holder, "deposits", body(holder, **changed))
    assert (refused.status_code, refused.data["code"]) == (status, code)


def test_other_kinds_are_refused(holder: Holder) -> None:
    month = given.this_month()
    attest(
        holder.numbers.get(),
        package="night",
        kind="night",
        month=month,
        as_of=f"{month:%Y-%m}-01",
    )
    refused = ask(holder, "deposits", body(holder, package="night"))
    assert (refused.status_code, refused.data["code"]) == (409, "package_not_national")


def test_more_than_is_deposited_is_not_taken_back(holder: Holder) -> None:
    refused = ask(holder, "take-backs", body(holder))
    assert (refused.status_code, refused.data["code"]) == (409, "not_enough_data")


@pytest.mark.parametrize("path", ["deposits", "take-backs"])
def test_a_key_is_due(holder: Holder, path: str) -> None:
    refused = given.client_of(holder).post(f"/api/v1/{path}", body(holder), format="json")
    assert (refused.status_code, refused.data["code"]) == (400, "idempotency_key_missing")


def test_a_stranger_sees_and_moves_nothing(holder: Holder) -> None:
    mine = ask(holder, "deposits", body(holder)).data["id"]
    stranger = given.a_holder()
    assert ask(stranger, "deposits", body(holder)).status_code == 404
    client = given.client_of(stranger)
    assert client.get(f"/api/v1/deposits/{mine}").status_code == 404
    assert client.get(f"/api/v1/take-backs/{mine}").status_code == 404
    assert client.get("/api/v1/take-backs/tkb_" + "a" * 26).status_code == 404
    assert client.get("/api/v1/deposits").data["results"] == []
