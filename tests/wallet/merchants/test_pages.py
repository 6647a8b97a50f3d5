"""The counter on a phone, what a scanned code leads to, and the scanner; the same as JSON."""

from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from ledger.queries import coins_in
from tests import given
from tests.given_merchants import a_code, a_merchant, owner_of
from wallet.holders.operations import open_holder
from wallet.holders.queries import main_of
from wallet.holders.rules import opaque_id
from wallet.merchants.models import CounterCode, Merchant
from wallet.merchants.queries import token_for

pytestmark = pytest.mark.django_db


@pytest.fixture
def merchant() -> Merchant:
    given.open_ledger_today()
    return a_merchant(coins=100, now=timezone.now())


def clerk(merchant: Merchant) -> Any:
    holder = open_holder(user=owner_of(merchant), now=timezone.now())
    return given.client_of(holder)


def test_a_counter_shows_a_code_and_sees_it_paid(merchant: Merchant) -> None:
    client, customer = clerk(merchant), given.a_holder()
    name = opaque_id("hld", merchant.pk)
    assert client.get("/merchants/")["Location"] == f"/merchants/{name}/"
    sent = {"coins": 30, "key": str(uuid4())}
    shown = client.post(f"/merchants/{name}/", sent, format="multipart")
    assert "<svg" in client.get(shown["Location"]).content.decode()
    code = CounterCode.objects.get()
    link = f"/m/{token_for(code)}/"
    scanning = given.client_of(customer)
    assert "街角咖啡" in scanning.get(link).content.decode()
    assert coins_in(main_of(customer)) == 0  # looking pays nothing
    scanning.post(f"{link}claim/")
    assert "30 币" in scanning.get(link).content.decode()
    assert coins_in(main_of(customer)) == 30
    ended = client.get(shown["Location"], headers={"HX-Request": "true"})
    assert ended.status_code == 286
    assert "已领取" in ended.content.decode()
    counter = client.get(f"/merchants/{name}/", headers={"accept-language": "en"})
    assert "70 coins" in counter.content.decode()
    assert "扫码得到的币" in scanning.get("/history/").content.decode()


def test_a_budget_that_is_short_says_so_beside_the_form(merchant: Merchant) -> None:
    sent = {"coins": 101, "key": str(uuid4())}
    name = opaque_id("hld", merchant.pk)
    page = clerk(merchant).post(f"/merchants/{name}/", sent, format="multipart")
    assert page.status_code == 422
    assert "只剩 100 币" in page.content.decode()


def test_strangers_see_no_counter(merchant: Merchant) -> None:
    name = opaque_id("hld", merchant.pk)
    stranger = given.client_of(given.a_holder())
    assert stranger.get(f"/merchants/{name}/").status_code == 404
    assert "没有在任何商户收银" in stranger.get("/merchants/").content.decode()
    assert Client().get("/merchants/").status_code == 302


def test_a_used_code_says_so_and_a_guest_is_asked_for_a_phone(merchant: Merchant) -> None:
    code = a_code(merchant, now=timezone.now())
    link = f"/m/{token_for(code)}/"
    guest = Client()
    assert f"{link}phone/" in guest.get(link).content.decode()
    assert guest.post(f"{link}claim/")["Location"] == f"{link}phone/"
    assert "获取验证码" in guest.get(f"{link}phone/").content.decode()
    given.client_of(given.a_holder()).post(f"{link}claim/")
    assert "这个码用过了" in guest.get(link).content.decode()
    assert guest.get("/m/nobody-showed-this/").status_code == 404


def test_the_scanner_leads_from_home_and_needs_a_session() -> None:
    given.open_ledger_today()
    client = given.client_of(given.a_holder())
    assert 'href="/scan/"' in client.get("/").content.decode()
    page = client.get("/scan/").content.decode()
    assert "wallet/scan.js" in page
    assert "打开相机" in page
    assert Client().get("/scan/").status_code == 302


def test_json_shows_and_claims(merchant: Merchant) -> None:
    client, customer = clerk(merchant), given.client_of(given.a_holder())
    (mine,) = client.get("/api/v1/merchants").data
    assert (mine["name"], mine["budget"]) == ("街角咖啡", 100)
    path = f"/api/v1/merchants/{mine['id']}/codes"
    key = {"Idempotency-Key": str(uuid4())}
    shown = client.post(path, {"coins": 20}, format="json", headers=key)
    assert shown.status_code == 201
    assert client.post(path, {"coins": 20}, format="json", headers=key).data == shown.data
    token = shown.data["link"].rstrip("/").rsplit("/", 1)[1]
    seen = customer.get(f"/api/v1/counter-codes/{token}")
    assert (seen.data["coins"], seen.data["claimed_at"]) == (20, None)
    key = {"Idempotency-Key": str(uuid4())}
    claimed = customer.post(f"/api/v1/counter-codes/{token}/claim", headers=key)
    assert claimed.data["claimed_at"] is not None
    (listed,) = client.get(path).data["results"]
    assert listed["claimed_at"] is not None
