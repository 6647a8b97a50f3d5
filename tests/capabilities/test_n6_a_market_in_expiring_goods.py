"""N6: what is bought in the month's last call is on the number in time, and never expires."""

from datetime import datetime, timedelta

import pytest

from exchange.orders.models import Trade
from exchange.settlement.operations import close_books
from ledger.models import Transaction
from ledger.months.operations import begin_close, run_next_part
from ledger.queries import amount_at, coins_in
from ledger.rules import SHANGHAI
from tests.exchange.proofs import assert_market_is_clean
from tests.given import MONTH, NOW, a_book, a_trader
from tests.given_last_call import AFTER, BOUGHT, NEXT, UNCROSS, answered, bought_in_the_last_call
from tests.given_market import a_buy, an_offer, drained
from tests.wallet.convert.world import reachable
from wallet.carriers.adaptors.contract import Outcome
from wallet.convert.models import DataDelivery
from wallet.holders.models import Holder

pytestmark = pytest.mark.django_db


def test_the_data_is_on_the_number_before_midnight() -> None:
    buyer, delivery = bought_in_the_last_call()
    assert delivery.msisdn == buyer.numbers.get().msisdn
    assert _in_wallet(buyer) == 0  # nothing is left where it could expire
    answered(at=UNCROSS + timedelta(minutes=1))
    delivery.refresh_from_db()
    assert delivery.state == DataDelivery.State.DELIVERED
    assert delivery.ended_at is not None
    assert delivery.ended_at < datetime(2026, 12, 1, tzinfo=SHANGHAI)
    assert amount_at("carrier/CT/delivered", BOUGHT) == 500
    _close()
    assert _expired() == 0


def test_an_open_delivery_outlives_the_month_and_is_delivered_after_it() -> None:
    bought_in_the_last_call()
    _close()
    waiting = DataDelivery.objects.filter(state=DataDelivery.State.ON_ITS_WAY)
    assert sum(amount_at(f"delivery/{row.pk}", BOUGHT) for row in waiting) == 500
    assert _expired() == 0
    answered(at=AFTER + timedelta(hours=5))
    assert amount_at("carrier/CT/delivered", BOUGHT) == 500
    assert _expired() == 0


@pytest.mark.parametrize("at", [UNCROSS + timedelta(minutes=1), AFTER + timedelta(hours=5)])
def test_what_the_carrier_refuses_is_the_same_data_of_the_next_month(at: datetime) -> None:
    buyer, delivery = bought_in_the_last_call()
    coins = coins_in(f"holder/{buyer.pk}/main")
    if at > AFTER:
        _close()
    answered(at=at, outcome=Outcome.FAILED)
    delivery.refresh_from_db()
    assert delivery.state == DataDelivery.State.RETURNED
    assert amount_at(f"holder/{buyer.pk}/main", NEXT) == 500
    if at < AFTER:
        _close()
    assert amount_at(f"holder/{buyer.pk}/main", NEXT) == 500
    assert _expired() == 0
    # A refused delivery never touches the trade.
    assert set(Trade.objects.values_list("busted_at", flat=True)) == {None}
    assert coins_in(f"holder/{buyer.pk}/main") >= coins


def test_what_is_bought_at_once_in_the_month_is_under_way_in_the_trades_own_moment() -> None:
    reachable("CT")
    book, buyer = a_book(), a_trader(coins=1_000)
    an_offer(book, 60, 2)
    an_offer(book, 61, 1)
    a_buy(buyer, book, 65, 3, deliver_at_once=True)
    drained(book)
    delivery = DataDelivery.objects.get()  # one for all it bought
    assert (delivery.mb, delivery.returns_next_month) == (300, False)
    assert set(Trade.objects.values_list("delivery", flat=True)) == {delivery.pk}
    assert Transaction.objects.get(pk=delivery.pk).at == Trade.objects.all()[0].traded_at
    answered(at=NOW, outcome=Outcome.FAILED)
    assert _in_wallet(buyer) == 300  # there is time left to use it this month


def test_what_is_kept_is_delivered_when_asked_for() -> None:
    book, buyer = a_book(), a_trader(coins=1_000)
    an_offer(book, 60, 2)
    a_buy(buyer, book, 65, 2)
    drained(book)
    assert not DataDelivery.objects.exists()
    assert _in_wallet(buyer) == 200


def _close() -> None:
    assert close_books(month=MONTH, now=AFTER) == []
    close = begin_close(month=MONTH, now=AFTER)
    while run_next_part(close=close, now=AFTER):
        pass
    assert_market_is_clean()


def _in_wallet(holder: Holder) -> int:
    return amount_at(f"holder/{holder.pk}/main", BOUGHT)


def _expired() -> int:
    return amount_at("system/expired", BOUGHT)
