"""Admins read the market and change nothing in it; an auditor finds the order behind an address."""

import uuid

import pytest
from django.test import Client

from exchange.matching.operations import drain_book
from exchange.orders.models import Order
from exchange.orders.queries import cause_of_order
from ledger.registry import cause_of
from tests.given import NOW, a_book, a_line, a_trader, an_order
from wallet.holders.models import User

pytestmark = pytest.mark.django_db


@pytest.fixture
def client() -> Client:
    client = Client(headers={"host": "127.0.0.1"})
    client.force_login(User.objects.create_superuser("+8613300000000"))
    return client


@pytest.mark.parametrize("table", ["book", "order", "event", "trade"])
def test_every_table_is_listed_and_shown(client: Client, table: str) -> None:
    _one_trade()
    listed = client.get(f"/admin/exchange/{table}/")
    assert listed.status_code == 200
    row = listed.context["cl"].queryset.first()
    path = f"/admin/exchange/{table}/{row.pk}/change/"
    assert client.get(path).status_code == 200
    assert client.post(path, {"lots": 9}).status_code == 403
    assert client.post(f"/admin/exchange/{table}/{row.pk}/delete/").status_code == 403
    assert client.get(f"/admin/exchange/{table}/add/").status_code == 403


def test_orders_are_found_by_id_and_bad_searches_find_nothing(client: Client) -> None:
    _one_trade()
    order = Order.objects.first()
    assert order is not None
    found = client.get("/admin/exchange/order/", {"q": str(order.pk)})
    assert [row.pk for row in found.context["cl"].queryset] == [order.pk]
    assert client.get("/admin/exchange/order/", {"q": "x' OR 1=1"}).status_code == 200


def test_an_address_tells_its_order() -> None:
    order = an_order(a_trader(coins=1_000), a_book(), "B", 90, 2)
    cause = cause_of(f"order/{order.pk}")
    assert cause is not None
    assert cause.facts["lots"] == "2, 0 filled, 2 open"
    assert cause_of_order(f"order/{uuid.uuid4()}") is None
    assert cause_of_order("order/x") is None


def _one_trade() -> None:
    book, seller, buyer = a_book(), a_trader(), a_trader(coins=1_000)
    an_order(seller, book, "S", 80, 1, line=a_line(seller, surplus_mb=100))
    an_order(buyer, book, "B", 80, 1)
    drain_book(book_id=book.pk, now=NOW)
