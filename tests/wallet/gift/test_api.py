"""Gifts as JSON: made, seen, claimed, cancelled, thanked for; and who is refused."""

from typing import Any
from uuid import uuid4

import pytest
from django.core.cache import cache
from rest_framework.test import APIClient

from ledger.queries import amount_at, coins_in
from tests import given
from wallet.gift.models import Gift
from wallet.gift.queries import token_for
from wallet.holders.models import Holder
from wallet.holders.queries import main_of
from wallet.holders.rules import opaque_id

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _no_guesses() -> None:
    cache.clear()


def ask(who: Holder, path: str, body: dict[str, Any] | None = None, key: str = "") -> Any:
    headers = {"Idempotency-Key": key or str(uuid4())}
    return given.client_of(who).post(f"/api/v1/{path}", body or {}, headers=headers)


def name_of(gift: Gift) -> str:
    return opaque_id("gft", gift.pk)


def test_a_gift_is_made_once_and_shows_its_link_again() -> None:
    given.open_ledger_today()
    sender, key = given.a_holder(coins=100), str(uuid4())
    first = ask(sender, "gifts", {"amount": 30, "greeting": "早"}, key)
    again = ask(sender, "gifts", {"amount": 30, "greeting": "早"}, key)
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    assert coins_in(main_of(sender)) == 70
    gift = Gift.objects.get()
    assert first.json()["id"] == name_of(gift)
    assert first.json()["link"].endswith(f"/g/{token_for(gift)}/")
    listed = given.client_of(sender).get("/api/v1/gifts").json()
    assert [row["id"] for row in listed["results"]] == [name_of(gift)]
    assert given.client_of(sender).get(f"/api/v1/gifts/{name_of(gift)}").json() == first.json()


def test_own_data_is_made_from_its_number() -> None:
    given.open_ledger_today()
    sender = given.a_holder()
    number = sender.numbers.get()
    asset = given.give_surplus(number, 300, month=given.this_month())
    body = {"asset": asset, "amount": 100, "number": opaque_id("num", number.pk)}
    half = ask(sender, "gifts", body)
    assert (half.status_code, half.json()["code"]) == (400, "invalid")
    made = ask(sender, "gifts", {**body, "package": given.PACKAGE})
    assert made.json()["receives"] == asset.replace("SURPLUS", "DATA")


@pytest.mark.parametrize(
    "body,status,code",
    [
        ({}, 400, "invalid"),
        ({"amount": 0}, 400, "invalid"),
        ({"amount": 1.5}, 400, "invalid"),
        ({"amount": 2**63}, 400, "invalid"),
        ({"amount": 101}, 409, "not_enough_coins"),
        ({"amount": 1, "asset": "CNY"}, 422, "not_giftable"),
        ({"amount": 1, "locked_to": "7"}, 400, "msisdn_unreadable"),
        ({"amount": 1, "number": "num_x", "package": "p"}, 404, "unknown_id"),
    ],
)
def test_bad_input_is_refused(body: dict[str, Any], status: int, code: str) -> None:
    given.open_ledger_today()
    sender = given.a_holder(coins=100)
    refused = ask(sender, "gifts", body)
    assert (refused.status_code, refused.json()["code"]) == (status, code)
    assert coins_in(main_of(sender)) == 100


def test_a_key_is_needed() -> None:
    refused = given.client_of(given.a_holder()).post("/api/v1/gifts", {"amount": 1})
    assert (refused.status_code, refused.json()["code"]) == (400, "idempotency_key_missing")


def test_a_friend_looks_claims_and_thanks() -> None:
    gift, friend = given.a_gift_now(coins=30), given.a_holder()
    link = f"gift-links/{token_for(gift)}"
    seen = given.client_of(friend).get(f"/api/v1/{link}").json()
    assert (seen["state"], seen["amount"], seen["receives"]) == ("open", 30, "COIN")
    assert "link" not in seen
    claimed = ask(friend, f"{link}/claim")
    assert (claimed.status_code, claimed.json()["state"]) == (200, "claimed")
    assert coins_in(main_of(friend)) == 30
    assert ask(friend, f"gifts/{name_of(gift)}/thanks").json()["thanked_at"]
    mine = given.client_of(gift.sender).get(f"/api/v1/gifts/{name_of(gift)}").json()
    assert mine["claimed_by"] == str(friend.numbers.get())
    theirs = given.client_of(friend).get(f"/api/v1/gifts/{name_of(gift)}").json()
    assert "link" not in theirs
    late = ask(given.a_holder(), f"{link}/claim")
    assert (late.status_code, late.json()["code"]) == (409, "gift_claimed")


def test_a_sender_cancels() -> None:
    gift = given.a_gift_now(coins=30)
    own = ask(gift.sender, f"gift-links/{token_for(gift)}/claim")
    assert (own.status_code, own.json()["code"]) == (409, "own_gift")
    assert ask(gift.sender, f"gifts/{name_of(gift)}/cancel").json()["state"] == "cancelled"
    assert amount_at(main_of(gift.sender), "COIN") == 30


def test_a_stranger_is_refused() -> None:
    gift, stranger = given.a_gift_now(), given.a_holder()
    name, client = name_of(gift), given.client_of(stranger)
    assert client.get(f"/api/v1/gifts/{name}").status_code == 404
    assert ask(stranger, f"gifts/{name}/cancel").status_code == 404
    assert ask(stranger, f"gifts/{name}/thanks").status_code == 404
    assert client.get("/api/v1/gifts").json()["results"] == []
    nobody = APIClient()
    for path in ("gifts", f"gifts/{name}", f"gift-links/{token_for(gift)}"):
        assert nobody.get(f"/api/v1/{path}").status_code == 403


def test_guesses_end_in_429() -> None:
    client = given.client_of(given.a_holder())
    codes = [client.get("/api/v1/gift-links/guess").status_code for _ in range(21)]
    assert codes == [404] * 20 + [429]
