"""An order that cannot be is refused by the database, whoever writes it."""

import pytest
from django.db import IntegrityError, transaction

from exchange.orders.models import Order
from tests.given import a_book, a_line, a_trader, an_order

pytestmark = pytest.mark.django_db

UNSOUND: list[dict[str, object]] = [
    {"lots": 0, "open_lots": 0},
    {"lots": -1, "open_lots": -1},
    {"price_coins": 0},
    {"open_lots": -1},
    {"open_lots": 3},
    {"filled_lots": -1},
    {"filled_lots": 1},
    {"aside_amount": -1},
    {"maker_bp": -1},
    {"taker_bp": -1},
    {"seller_coins_per_lot": -1},
    {"side": "S"},
    {"side": "X"},
    {"deliver_at_once": True},
]


@pytest.mark.parametrize("change", UNSOUND, ids=str)
def test_what_an_order_says_can_be(change: dict[str, object]) -> None:
    order = an_order(a_trader(coins=1_000), a_book(), "B", 80, 2)
    mine = Order.objects.filter(pk=order.pk)
    with pytest.raises(IntegrityError, match="order_is_sound"), transaction.atomic():
        mine.update(**change)
    # All else that these columns may say, they may.
    mine.update(open_lots=1, filled_lots=1, aside_amount=5, maker_bp=1)


def test_a_sale_names_its_number_and_delivers_to_none() -> None:
    seller = a_trader()
    line = a_line(seller, surplus_mb=500)
    order = an_order(seller, a_book(), "S", 80, 2, line=line)
    for change in ({"number": None}, {"deliver_at_once": True, "deliver_to": line.number}):
        with pytest.raises(IntegrityError, match="order_is_sound"), transaction.atomic():
            Order.objects.filter(pk=order.pk).update(**change)


def test_a_buy_is_delivered_to_a_number() -> None:
    buyer = a_trader(coins=1_000)
    order = an_order(buyer, a_book(), "B", 80, 2)
    mine = Order.objects.filter(pk=order.pk)
    assert mine.update(deliver_at_once=True, deliver_to=buyer.numbers.get()) == 1
