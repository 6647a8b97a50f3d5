"""A subscriber takes a receipt home and verifies it; nobody takes another's."""

import re
from datetime import datetime
from pathlib import Path
from uuid import UUID

import pytest
from django.test import Client

from ledger.receipts.queries import VERIFIER
from ledger.receipts.verify_receipt import verify
from ledger.seals.operations import seal_committed
from tests import given
from tests.api.doors import assert_described, doors
from wallet.holders.models import Holder
from wallet.holders.queries import main_of
from wallet.holders.rules import opaque_id

pytestmark = [pytest.mark.own_database, pytest.mark.quiet]
(DOOR,) = [door for door in doors() if door.name == "receipt"]


@pytest.fixture
def sender(own_database: str, now: datetime) -> Holder:
    given.open_ledger(now=now)
    return given.a_holder(coins=70, now=now)


@pytest.fixture
def gift(sender: Holder, now: datetime) -> UUID:
    """Return the id of a gift of 20 coins, and of its transaction."""
    return given.a_gift(sender=sender, coins=20, now=now).pk


def _client(holder: Holder, language: str = "zh-hans") -> Client:
    assert holder.user is not None
    client = Client(headers={"host": "127.0.0.1", "accept-language": language})
    client.force_login(holder.user)
    return client


def test_receipt_is_taken_home_by_page_and_api(sender: Holder, gift: UUID, now: datetime) -> None:
    name, client = opaque_id("txn", gift), _client(sender)
    history = client.get("/history/").content.decode()
    assert f"/receipts/{name}/" in history
    assert re.search(r'aria-label="\S+ \S.+ \d\d-\d\d \d\d:\d\d"', history)  # of which line
    seal_committed(now=now)
    page = client.get(f"/receipts/{name}/").content.decode()
    assert f'href="/receipts/{name}.json"' in page
    taken = client.get(f"/receipts/{name}.json")
    assert taken["Content-Disposition"] == f'attachment; filename="receipt-{name}.json"'
    asked = given.client_of(sender).get(f"/api/v1/transactions/{name}/receipt")
    assert_described(DOOR, asked)
    assert asked.content == taken.content
    receipt = verify(asked.content)
    assert receipt["header"][1] == str(gift)
    own = [entry["fields"] for entry in receipt["entries"] if "fields" in entry]
    assert [(fields[3], fields[5]) for fields in own] == [(main_of(sender), "-20")]
    assert receipt["head"]["public_key"] in page


def test_unsealed_transaction_waits(sender: Holder, gift: UUID) -> None:
    name, client = opaque_id("txn", gift), _client(sender)
    page = client.get(f"/receipts/{name}/").content.decode()
    assert "还没有封存" in page
    assert f'{name}.json"' not in page
    early = client.get(f"/receipts/{name}.json")
    assert early.status_code == 409
    assert "请稍后再下载凭证" in early.content.decode()
    asked = given.client_of(sender).get(f"/api/v1/transactions/{name}/receipt")
    assert (asked.status_code, asked["Retry-After"]) == (202, "60")
    assert asked.json()["state"] == "waiting"


def test_stranger_gets_no_receipt(sender: Holder, gift: UUID, now: datetime) -> None:
    seal_committed(now=now)
    stranger, name = given.a_holder(now=now), opaque_id("txn", gift)
    for path in (f"/receipts/{name}/", f"/receipts/{name}.json"):
        answer = _client(stranger).get(path)
        assert answer.status_code == 404
        assert "没有找到您的这笔交易" in answer.content.decode()
        assert Client(headers={"host": "127.0.0.1"}).get(path).status_code == 302
    asked = given.client_of(stranger).get(f"/api/v1/transactions/{name}/receipt")
    assert (asked.status_code, asked.json()["code"]) == (404, "unknown_transaction")


def test_page_speaks_english_and_hands_out_the_verifier(
    sender: Holder, gift: UUID, tmp_path: Path
) -> None:
    page = _client(sender, "en").get(f"/receipts/{opaque_id('txn', gift)}/").content.decode()
    assert "How to verify it yourself" in page
    assert 'href="/receipts/verify_receipt.py"' in page
    given_out = Client(headers={"host": "127.0.0.1"}).get("/receipts/verify_receipt.py")
    assert given_out.content == VERIFIER.read_bytes()
