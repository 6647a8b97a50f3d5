"""C21: no feature needs a particular carrier's account: all work alike for a number of any carrier."""

import re
from typing import Any
from uuid import uuid4

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from ledger.queries import coins_in
from tests import given
from tests.wallet.convert.world import reachable
from wallet.carriers.models import Carrier
from wallet.convert.models import Conversion
from wallet.earn.models import Earning
from wallet.gift.queries import link_of
from wallet.holders.models import Holder, TextMessage
from wallet.holders.queries import main_of
from wallet.holders.rules import opaque_id

pytestmark = pytest.mark.django_db

CODES = ("CT", "CU", "CM", "MV")

of_every_carrier = pytest.mark.parametrize("carrier", CODES)


@pytest.fixture(autouse=True)
def _world(settings: Settings) -> None:
    settings.TEXT_GATEWAY = "wallet.holders.texts.ShownTexts"
    cache.clear()
    given.open_ledger_today()
    reachable(*CODES)


def signed_in(msisdn: str) -> Client:
    """Return a client that has signed in with a number nobody has seen before."""
    client = Client()
    client.post("/account/login/", {"phone": msisdn})
    text = TextMessage.objects.filter(phone=f"+86{msisdn}").latest("id")
    code = re.search(r"\d{6}", text.body)
    assert code is not None
    assert client.post("/account/login/code/", {"code": code[0]}).status_code == 302
    return client


def ask(client: Client, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
    answer = client.post(
        f"/api/v1/{path}",
        body or {},
        content_type="application/json",
        headers={"Idempotency-Key": str(uuid4())},
    )
    assert 200 <= answer.status_code < 300, answer.content
    found: dict[str, Any] = answer.json()
    return found


def test_every_carrier_that_is_known_is_tried() -> None:
    assert set(Carrier.objects.values_list("code", flat=True)) == set(CODES)


@of_every_carrier
def test_a_number_of_any_carrier_signs_in_receives_and_gives_to_any_other(carrier: str) -> None:
    msisdn = given.an_msisdn(carrier=carrier)
    client = signed_in(msisdn)
    holder = Holder.objects.get(numbers__msisdn=msisdn)
    assert holder.numbers.get().carrier_id == carrier
    gift = given.a_gift(coins=100, now=timezone.now())
    token = link_of(gift).rstrip("/").rpartition("/")[2]
    ask(client, f"gift-links/{token}/claim")
    for other in CODES:
        friend = given.a_holder(carrier=other, now=timezone.now())
        kept = ask(client, "contacts", {"name": other, "msisdn": friend.numbers.get().msisdn})
        made = ask(client, "gifts", {"amount": 5, "locked_to": kept["id"]})
        link = made["link"].rstrip("/").rpartition("/")[2]
        ask(given.client_of(friend), f"gift-links/{link}/claim")
        assert coins_in(main_of(friend)) == 5
    assert coins_in(main_of(holder)) == 80


@of_every_carrier
def test_coins_become_data_on_a_number_of_any_carrier(carrier: str) -> None:
    holder = given.a_holder(coins=100, carrier=carrier, now=timezone.now())
    for other in CODES:
        body = {"msisdn": given.an_msisdn(carrier=other), "coins": 10}
        ask(given.client_of(holder), "conversions", body)
    asked = Conversion.objects.filter(holder=holder)
    assert sorted(asked.values_list("carrier_id", flat=True)) == sorted(CODES)
    assert coins_in(main_of(holder)) == 60


@of_every_carrier
def test_tasks_pages_and_the_market_are_open_to_any_carrier(carrier: str) -> None:
    now = timezone.now()
    holder = given.a_holder(carrier=carrier, now=now)
    client = given.client_of(holder)
    task = given.a_task(now=now)
    ask(client, "earnings", {"task": opaque_id("tsk", task.pk)})
    assert Earning.objects.filter(holder=holder).exists()
    for code in CODES:
        given.a_book(code, month=given.this_month(), now=now)
    for path in ("/", "/earn/", "/gifts/", "/convert/", "/market/", "/contacts/", "/me/"):
        page = client.get(path)
        assert page.status_code == 200, path
