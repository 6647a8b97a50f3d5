"""C7: where a carrier does not sell, convert says so first, keeps a list, and tells who waits."""

from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from tests import given
from tests.given_catalog import a_partner, buy, stocked
from tests.wallet.convert.world import reachable
from wallet.convert.models import CarrierWait
from wallet.convert.tasks import tell_waiting
from wallet.holders.models import Holder
from wallet.policy.operations import set_policy

pytestmark = [pytest.mark.django_db, pytest.mark.parametrize("carrier", ["CT", "CU", "CM", "MV"])]
OFF = "暂不支持用币换流量"


def client_of(holder: Holder) -> Client:
    assert holder.user is not None
    client = Client(headers={"host": "127.0.0.1"})
    client.force_login(holder.user)
    return client


def set_sells(carrier: str, *, on: bool) -> None:
    now = timezone.now()
    set_policy(
        key="carrier.sells",
        scope=carrier,
        value=on,
        starts_at=now,
        set_by="test",
        reason="A test says so.",
        now=now,
    )


def test_those_who_wait_are_told_when_it_opens(carrier: str) -> None:
    now = timezone.now()
    holder = given.a_holder(coins=100, carrier=carrier, now=now)
    client, number = client_of(holder), holder.numbers.get().msisdn
    reachable("CT", "CU", "CM", "MV")
    set_sells(carrier, on=False)
    # Said before anything is chosen, with the button beside it.
    page = client.get("/convert/").content.decode()
    assert OFF in page
    assert f'name="wait" value="{carrier}"' in page
    answer = client.post("/convert/wait/", {"wait": carrier}, follow=True)
    assert "能换的时候会告诉您" in answer.content.decode()
    tell_waiting()
    assert "现在可以用币换流量了" not in client.get("/inbox/").content.decode()
    # Meanwhile the rest of the wallet is theirs as anybody's.
    stocked(a_partner(now=now), now=now)
    assert buy(holder, now=now).coins == 30
    assert given.a_gift(sender=holder, coins=10, now=now).amount == 10
    refused = client.post(
        "/convert/", {"msisdn": number, "coins": 10, "carrier": "", "key": uuid4()}
    )
    assert OFF in refused.content.decode()
    set_sells(carrier, on=True)
    tell_waiting()
    inbox = client.get("/inbox/").content.decode()
    assert "现在可以用币换流量了" in inbox
    assert 'href="/convert/"' in inbox
    assert OFF not in client.get("/convert/").content.decode()
    assert CarrierWait.objects.get().told_at is not None


def test_one_may_stop_waiting(carrier: str) -> None:
    holder = given.a_holder(coins=100, carrier=carrier, now=timezone.now())
    client = client_of(holder)
    client.post("/convert/wait/", {"wait": carrier})
    assert "能换时会告诉您" in client.get("/convert/").content.decode()
    client.post("/convert/leave/", {"wait": carrier})
    assert CarrierWait.objects.count() == 0
