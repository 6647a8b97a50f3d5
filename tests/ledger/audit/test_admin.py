"""An auditor finds an account by its address and a transaction by its id; nobody changes either."""

from datetime import datetime
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from ledger import registry
from ledger.models import Account, Transaction
from ledger.operations import open_months, post
from ledger.registry import Cause
from ledger.rules import Posting, derived_id
from tests.ledger.worlds import a_holder_with, a_posting, coins, main_of
from wallet.holders.models import User

pytestmark = pytest.mark.django_db


@pytest.fixture
def auditor(now: datetime) -> Client:
    open_months(now=now)
    client = Client()
    client.force_login(User.objects.create_superuser("+8613900000001"))
    return client


@pytest.fixture
def gift(auditor: Client, now: datetime, monkeypatch: pytest.MonkeyPatch) -> Posting:
    cause = Cause(title="A gift of 20 coins", facts={"sender": "138****8000"})
    monkeypatch.setitem(registry._resolvers, "gift", lambda _address: cause)
    legs = coins(20, main_of(a_holder_with(50, at=now)), f"gift/{uuid4()}")
    posting = a_posting(*legs, at=now, kind="gift_send")
    post(posting)
    return posting


def page(client: Client, name: str, *args: object, **query: str) -> str:
    answer = client.get(reverse(f"admin:ledger_{name}", args=args), query)
    assert answer.status_code == 200
    return answer.content.decode()


def test_accounts_are_found_by_the_beginning_of_an_address(auditor: Client, gift: Posting) -> None:
    address = gift.legs[1].address
    shown = page(auditor, "account_changelist", q=address[:12])
    assert address in shown
    assert gift.legs[0].address not in shown


def test_account_shows_its_entries_and_cause(auditor: Client, gift: Posting) -> None:
    account = Account.objects.get(address=gift.legs[1].address)
    shown = page(auditor, "account_change", account.pk)
    assert "A gift of 20 coins" in shown
    assert str(gift.id) in shown


def test_transaction_shows_legs_and_cause(auditor: Client, gift: Posting) -> None:
    shown = page(auditor, "transaction_change", gift.id)
    assert all(leg.address in shown for leg in gift.legs)
    assert "138****8000" in shown


def test_transaction_names_its_reversal(auditor: Client, gift: Posting, now: datetime) -> None:
    back = coins(20, gift.legs[1].address, gift.legs[0].address)
    reversal = a_posting(*back, at=now, reverses=gift.id, id=derived_id(gift.id, "reversal"))
    post(reversal)
    assert str(reversal.id) in page(auditor, "transaction_change", gift.id)
    assert str(gift.id) in page(auditor, "transaction_change", reversal.id)


@pytest.mark.parametrize("query", ["", "no id", str(uuid4())])
def test_transactions_are_found_by_id_only(auditor: Client, gift: Posting, query: str) -> None:
    shown = page(auditor, "transaction_changelist", q=query)
    assert (str(gift.id) in shown) == (query == "")


def test_months_are_listed(auditor: Client) -> None:
    assert "open" in page(auditor, "month_changelist")


@pytest.mark.parametrize("model", [Account, Transaction])
def test_nothing_can_be_changed(
    auditor: Client, gift: Posting, model: type[Account] | type[Transaction]
) -> None:
    name = model.__name__.lower()
    row = model.objects.first()
    assert row is not None
    for action in ("change", "delete"):
        url = reverse(f"admin:ledger_{name}_{action}", args=[row.pk])
        assert auditor.post(url, {"post": "yes"}).status_code == 403
    assert auditor.get(reverse(f"admin:ledger_{name}_add")).status_code == 403


def test_strangers_are_sent_to_the_login(gift: Posting) -> None:
    answer = Client().get(reverse("admin:ledger_transaction_change", args=[gift.id]))
    assert answer.status_code == 302
