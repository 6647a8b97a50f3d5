"""While database and process are of two releases, what fails for it says when to come back."""

import uuid
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from django.test import Client
from django.utils import timezone
from rest_framework.test import APIClient

from tests import servers
from tests.given import a_holder
from wallet.gift.models import Gift
from wallet.holders.models import Holder

pytestmark = pytest.mark.own_database
AHEAD = (
    "INSERT INTO public.django_migrations (app, name, applied) VALUES ('ledger', '9999_x', now())"
)
GONE = "ALTER FUNCTION public.ledger_post_v2 RENAME TO ledger_post_v99"
BACK = "ALTER FUNCTION public.ledger_post_v99 RENAME TO ledger_post_v2"


@pytest.fixture
def sender() -> Holder:
    return a_holder(coins=100, now=timezone.now())


@pytest.fixture
def owner(own_database: str, sender: Holder) -> Iterator[psycopg.Connection]:
    """Yield the owner's connection to a database whose posting function was replaced by another."""
    with psycopg.connect(servers.server_url(database=own_database), autocommit=True) as connection:
        connection.execute(GONE)
        yield connection


def give(sender: Holder, key: uuid.UUID) -> Any:
    client = APIClient(raise_request_exception=False)
    assert sender.user is not None
    client.force_login(sender.user)
    headers = {"Idempotency-Key": str(key)}
    return client.post(
        "/api/v1/gifts", {"asset": "COIN", "amount": 10}, format="json", headers=headers
    )


def test_a_call_is_told_when_to_come_back_and_its_key_is_good_then(
    owner: psycopg.Connection, sender: Holder
) -> None:
    owner.execute(AHEAD)
    key = uuid.uuid4()
    answer = give(sender, key)
    assert (answer.status_code, answer["Retry-After"]) == (503, "30")
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.json()["code"] == "being_upgraded"
    assert not Gift.objects.exists()
    owner.execute(BACK)
    assert give(sender, key).status_code == 201
    assert Gift.objects.count() == 1


def test_a_page_says_so_too(owner: psycopg.Connection, sender: Holder) -> None:
    owner.execute(AHEAD)
    owner.execute("ALTER TABLE public.wallet_gift RENAME COLUMN greeting TO words")
    client = Client(raise_request_exception=False)
    assert sender.user is not None
    client.force_login(sender.user)
    answer = client.get("/gifts/")
    assert (answer.status_code, answer["Retry-After"]) == (503, "30")
    assert "正在升级" in answer.content.decode()


def test_the_same_in_one_release_is_a_fault_of_ours(
    owner: psycopg.Connection, sender: Holder
) -> None:
    answer = give(sender, uuid.uuid4())
    assert (answer.status_code, answer.json()["code"]) == (500, "server_error")
    assert not answer.has_header("Retry-After")


def test_another_fault_during_an_upgrade_is_a_fault_of_ours(
    owner: psycopg.Connection, sender: Holder, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(**asked: object) -> None:
        raise ZeroDivisionError

    owner.execute(AHEAD)
    monkeypatch.setattr("wallet.gift.api.mine.send_gift", fail)
    assert give(sender, uuid.uuid4()).status_code == 500
