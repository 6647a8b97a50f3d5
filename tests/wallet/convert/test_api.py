"""Conversions and deliveries as JSON: accepted, followed to their end; and who is refused."""

from typing import Any
from uuid import uuid4

import pytest
from rest_framework.test import APIClient

from ledger.queries import amount_at, coins_in
from tests import given
from tests.wallet.convert.world import carriers, convert, deliver, reachable
from wallet.convert.models import Conversion
from wallet.holders.models import Holder
from wallet.holders.operations import freeze_holder
from wallet.holders.queries import main_of
from wallet.holders.rules import opaque_id
from wallet.policy.operations import set_policy

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clean_books")]

DATA = "DATA-CT-2026-11"
CT_NUMBER = "13300001234"
UNSENT_UNTIL = "2026-11-17T02:30:00Z"  # a day after it was asked, should nobody be reached
CONVERT = {"msisdn": CT_NUMBER, "coins": 30}
DELIVER = {"asset": DATA, "mb": 30, "msisdn": CT_NUMBER}


@pytest.fixture(autouse=True)
def _clock_of_the_world(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("wallet.holders.idempotency.timezone.now", lambda: given.NOW)


@pytest.fixture
def holder() -> Holder:
    reachable("CT", "CU", "CM", "MV")
    holder = given.a_holder(coins=100)
    given.give_data(holder, 100)
    return holder


def ask(who: Holder, path: str, body: Any, *, key: str = "") -> Any:
    headers = {"Idempotency-Key": key or str(uuid4())}
    return given.client_of(who).post(f"/api/v1/{path}", body, headers=headers)


def see(who: Holder, path: str) -> Any:
    return given.client_of(who).get(f"/api/v1/{path}")


def unchanged(holder: Holder) -> bool:
    return (coins_in(main_of(holder)), amount_at(main_of(holder), DATA)) == (100, 100)


def test_a_conversion_is_accepted_once_and_followed_to_its_end(holder: Holder) -> None:
    key = str(uuid4())
    first, again = (ask(holder, "conversions", CONVERT, key=key) for _ in range(2))
    assert (first.status_code, again.status_code) == (202, 202)
    assert first.json() == again.json()
    assert coins_in(main_of(holder)) == 70
    shown = first.json()
    assert shown["id"] == opaque_id("cnv", Conversion.objects.get().pk)
    assert (shown["number"], shown["carrier"]) == ("133****1234", "CT")
    assert (shown["coins"], shown["mb"]) == (30, 30)
    assert (shown["state"], shown["carrier_state"]) == ("on_its_way", "created")
    assert (shown["decided_by"], shown["ended_at"]) == (UNSENT_UNTIL, None)
    with carriers(CT=[]) as world:
        world.serve()
    ended = see(holder, f"conversions/{shown['id']}").json()
    assert (ended["state"], ended["carrier_state"]) == ("delivered", "delivered")
    assert ended["ended_at"] == "2026-11-16T02:30:00Z"
    assert see(holder, "conversions").json()["results"] == [ended]


def test_what_nobody_can_tell_says_by_when_it_is_decided(holder: Holder) -> None:
    made = ask(holder, "conversions", CONVERT).json()
    with carriers(CT=["--down"]) as world:
        world.serve()
    shown = see(holder, f"conversions/{made['id']}").json()
    assert (shown["state"], shown["carrier_state"]) == ("on_its_way", "unknown")
    assert shown["decided_by"] == "2026-11-17T18:00:00Z"


def test_a_refund_says_why(holder: Holder) -> None:
    made = ask(holder, "conversions", {**CONVERT, "carrier": "CT"}).json()
    with carriers(CT=["--does-not-sell"]) as world:
        world.serve()
    shown = see(holder, f"conversions/{made['id']}").json()
    assert (shown["state"], shown["reason"]) == ("refunded", "does_not_sell")


def test_a_delivery_is_accepted_once_and_followed_to_its_end(holder: Holder) -> None:
    key = str(uuid4())
    first, again = (ask(holder, "deliveries", DELIVER, key=key) for _ in range(2))
    assert (first.status_code, again.status_code) == (202, 202)
    assert first.json() == again.json()
    assert amount_at(main_of(holder), DATA) == 70
    shown = first.json()
    assert shown["id"].startswith("dlv_")
    assert (shown["number"], shown["asset"], shown["mb"]) == ("133****1234", DATA, 30)
    assert (shown["state"], shown["decided_by"]) == ("on_its_way", UNSENT_UNTIL)
    with carriers(CT=[]) as world:
        world.serve()
    ended = see(holder, f"deliveries/{shown['id']}").json()
    assert (ended["state"], ended["carrier_state"]) == ("delivered", "delivered")
    assert see(holder, "deliveries").json()["results"] == [ended]


def test_lists_come_in_pages_newest_first(holder: Holder) -> None:
    rows = [convert(holder, coins=1) for _ in range(3)]
    first = see(holder, "conversions?limit=2").json()
    rest = given.client_of(holder).get(first["next"]).json()
    seen = [row["id"] for row in first["results"] + rest["results"]]
    assert sorted(seen) == sorted(opaque_id("cnv", row.pk) for row in rows)


BAD = [
    ({}, 400, "invalid"),
    ([], 400, "invalid"),
    ([CONVERT], 400, "invalid"),
    ({"coins": 0, "mb": 0}, 400, "invalid"),
    ({"coins": -1, "mb": -1}, 400, "invalid"),
    ({"coins": 2**63, "mb": 2**63}, 400, "invalid"),
    ({"coins": 1.5, "mb": 1.5}, 400, "invalid"),
    ({"coins": "many", "mb": "many"}, 400, "invalid"),
    ({"coins": None, "mb": None}, 400, "invalid"),
    ({"coins": [30], "mb": {"MB": 30}}, 400, "invalid"),
    ({"msisdn": None}, 400, "invalid"),
    ({"msisdn": "1" * 21}, 400, "invalid"),
    ({"msisdn": "133\x0000001234"}, 400, "invalid"),
    ({"carrier": "no such carrier"}, 400, "invalid"),
    ({"msisdn": "7"}, 400, "msisdn_unreadable"),
    ({"coins": 2**63 - 1, "mb": 2**63 - 1}, 422, "bad_amount"),
]


@pytest.mark.parametrize("body,status,code", BAD)
@pytest.mark.parametrize("path", ["conversions", "deliveries"])
def test_bad_input_is_refused(holder: Holder, path: str, body: Any, status: int, code: str) -> None:
    good = CONVERT if path == "conversions" else DELIVER
    asked = {**good, **body} if isinstance(body, dict) and body else body
    refused = ask(holder, path, asked)
    assert (refused.status_code, refused.json()["code"]) == (status, code)
    assert refused["Content-Type"] == "application/problem+json"
    assert unchanged(holder)


@pytest.mark.parametrize(
    "path,body,status,code",
    [
        ("conversions", {"coins": 101}, 409, "not_enough_coins"),
        ("conversions", {"carrier": "XX"}, 422, "carrier_unknown"),
        ("conversions", {"msisdn": "19200001234"}, 422, "carrier_unknown"),
        ("conversions", {"msisdn": "13800001234"}, 409, "carrier_does_not_sell"),
        ("deliveries", {"mb": 101}, 409, "not_enough_data"),
        ("deliveries", {"asset": "COIN"}, 422, "not_deliverable"),
        ("deliveries", {"asset": "SURPLUS-CT-2026-11"}, 422, "not_deliverable"),
        ("deliveries", {"asset": "DATA-CT-2026-10"}, 409, "asset_expired"),
        ("deliveries", {"msisdn": "13000001234"}, 409, "wrong_carrier"),
        ("deliveries", {"carrier": "CU"}, 409, "wrong_carrier"),
    ],
)
def test_refusals_have_their_codes(
    holder: Holder, path: str, body: dict[str, Any], status: int, code: str
) -> None:
    set_policy(
        key="carrier.sells",
        value=False,
        scope="CM",
        starts_at=given.NOW,
        set_by="test",
        reason="CM ended its contract.",
        now=given.NOW,
    )
    refused = ask(holder, path, {**(CONVERT if path == "conversions" else DELIVER), **body})
    assert (refused.status_code, refused.json()["code"]) == (status, code)
    assert unchanged(holder)


@pytest.mark.parametrize("path,body", [("conversions", CONVERT), ("deliveries", DELIVER)])
def test_keys_and_json_are_asked_for(holder: Holder, path: str, body: dict[str, Any]) -> None:
    client, key = given.client_of(holder), str(uuid4())
    missing = client.post(f"/api/v1/{path}", body)
    assert (missing.status_code, missing.json()["code"]) == (400, "idempotency_key_missing")
    malformed = ask(holder, path, body, key="seven")
    assert (malformed.status_code, malformed.json()["code"]) == (400, "idempotency_key_malformed")
    broken = client.post(
        f"/api/v1/{path}",
        b'{"coins": 30',
        content_type="application/json",
        headers={"Idempotency-Key": key},
    )
    assert (broken.status_code, broken.json()["code"]) == (400, "parse_error")
    assert unchanged(holder)
    assert ask(holder, path, body, key=key).status_code == 202
    other = ask(holder, path, {**body, "msisdn": "13300009999"}, key=key)
    assert (other.status_code, other.json()["code"]) == (422, "key_reused")


def test_a_frozen_holder_is_refused(holder: Holder) -> None:
    freeze_holder(holder=holder, now=given.NOW)
    for path, body in (("conversions", CONVERT), ("deliveries", DELIVER)):
        refused = ask(holder, path, body)
        assert (refused.status_code, refused.json()["code"]) == (403, "holder_frozen")


def test_a_stranger_sees_nothing(holder: Holder) -> None:
    conversion = f"conversions/{opaque_id('cnv', convert(holder).pk)}"
    delivery = f"deliveries/{opaque_id('dlv', deliver(holder, asset=DATA).pk)}"
    stranger = given.a_holder()
    for path in (conversion, delivery):
        assert see(holder, path).status_code == 200
        refused = see(stranger, path)
        assert (refused.status_code, refused.json()["code"]) == (404, "unknown_id")
        assert APIClient().get(f"/api/v1/{path}").status_code == 403
    assert see(stranger, "conversions").json()["results"] == []
    assert see(stranger, "deliveries").json()["results"] == []
    assert APIClient().post("/api/v1/conversions", CONVERT).status_code == 403


@pytest.mark.parametrize("name", ["cnv_zzz", "dlv_aaaa", "7", "cnv_" + "a" * 26, "%00"])
def test_an_unknown_id_is_not_found(holder: Holder, name: str) -> None:
    for path in ("conversions", "deliveries"):
        assert see(holder, f"{path}/{name}").status_code == 404
