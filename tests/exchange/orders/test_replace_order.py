"""Replacing an order: what it sets aside, what it keeps, and what comes back when its turn comes."""

import uuid
from datetime import timedelta

import pytest

from exchange.orders.models import Book, Event, Order, Trade
from exchange.orders.operations import (
    BadLots,
    BadPrice,
    BookNotTrading,
    MonthCapPassed,
    OrderEnded,
    ReplacementWaiting,
    TierTooLow,
    cancel_order,
    replace_order,
    turn_phase,
)
from exchange.settlement.operations import close_books
from ledger.queries import amount_at, coins_in
from ledger.refusals import BalanceTooLow, KeyReused
from tests.exchange.proofs import assert_market_is_clean
from tests.given import MONTH, NOW, PACKAGE, a_book, a_line, a_trader
from tests.given_market import a_buy, again, an_offer, drained
from wallet.holders.models import Holder
from wallet.holders.operations import NotProved

pytestmark = pytest.mark.django_db
GOODS = "SURPLUS-CT-2026-11"


def _replace(order: Order, price: int, lots: int, *, key: uuid.UUID | None = None) -> Order:
    return replace_order(
        holder=order.holder,
        order=order,
        price_coins=price,
        lots=lots,
        key=key or uuid.uuid4(),
        now=NOW,
    )


def _resting(coins: int = 1_000, price: int = 50, lots: int = 4) -> tuple[Book, Order]:
    book = a_book()
    order = a_buy(a_trader(coins=coins), book, price, lots)
    drained(book)
    return book, again(order)


@pytest.mark.parametrize(
    ("price", "lots", "keeps_place"),
    [(50, 2, True), (50, 4, False), (50, 6, False), (40, 4, False), (60, 3, False), (40, 9, False)],
)
def test_a_replaced_buy_holds_what_its_new_terms_need(
    price: int, lots: int, keeps_place: bool
) -> None:
    book, order = _resting()
    behind = a_buy(a_trader(coins=1_000), book, price, 1)
    _replace(order, price, lots)
    assert_market_is_clean()
    drained(book)
    assert_market_is_clean()
    found = again(order)
    assert (found.price_coins, found.open_lots, found.lots, found.state) == (
        price,
        lots,
        lots,
        "open",
    )
    assert found.aside_amount == 0
    cover = -(-price * lots // 100)
    assert coins_in(f"order/{order.pk}") == price * lots + cover
    assert coins_in(f"holder/{order.holder_id}/main") == 1_000 - price * lots - cover
    first = (again(order).priority or 0) < (again(behind).priority or 0)
    assert first is keeps_place


def test_the_same_key_replaces_once() -> None:
    book, order = _resting()
    key = uuid.uuid4()
    _replace(order, 60, 4, key=key)
    _replace(order, 60, 4, key=key)
    assert Event.objects.filter(kind="replace").count() == 1
    with pytest.raises(KeyReused):
        _replace(order, 60, 5, key=key)
    drained(book)
    assert_market_is_clean()


def test_what_trades_meanwhile_is_taken_off_the_new_lots() -> None:
    book, order = _resting()
    an_offer(book, 50, 3)
    _replace(order, 40, 6)
    drained(book)
    found = again(order)
    assert (found.filled_lots, found.open_lots, found.lots) == (3, 3, 6)
    assert_market_is_clean()


def test_what_trades_meanwhile_may_end_it() -> None:
    book, order = _resting()
    an_offer(book, 50, 3)
    _replace(order, 60, 2)
    drained(book)
    found = again(order)
    assert (found.filled_lots, found.state) == (3, "cancelled")
    assert coins_in(f"order/{order.pk}") == 0
    assert_market_is_clean()


@pytest.mark.parametrize("price", [40, 60])
def test_an_order_filled_meanwhile_gives_what_was_set_aside_back(price: int) -> None:
    book, order = _resting()
    an_offer(book, 50, 4)
    _replace(order, price, 8)
    drained(book)
    assert again(order).state == "filled"
    assert Event.objects.get(kind="replace").turn.outcome == "unknown_order"
    assert coins_in(f"order/{order.pk}") == 0
    # A maker's half percent of 200.
    assert coins_in(f"holder/{order.holder_id}/main") == 1_000 - 200 - 1
    assert_market_is_clean()


def test_a_replaced_order_may_trade_at_once_as_the_taker() -> None:
    book, order = _resting()
    an_offer(book, 60, 2)
    drained(book)
    _replace(order, 65, 4)
    drained(book)
    trade = Trade.objects.get()
    assert (trade.price_coins, trade.lots, trade.taker, trade.buyer_bp) == (60, 2, "B", 100)
    assert again(order).open_lots == 2
    assert_market_is_clean()


def test_a_replaced_sell_takes_more_from_its_line_and_gives_it_back() -> None:
    book, seller = a_book(), a_trader()
    line = a_line(seller, surplus_mb=1_000)
    offer = an_offer(book, 80, 3, seller=seller)
    drained(book)
    _replace(again(offer), 80, 5)
    assert amount_at(f"line/{line.number.pk}/{PACKAGE}", GOODS) == 500
    assert_market_is_clean()
    drained(book)
    _replace(again(offer), 90, 1)
    drained(book)
    assert amount_at(f"line/{line.number.pk}/{PACKAGE}", GOODS) == 900
    assert amount_at(f"order/{offer.pk}", GOODS) == 100
    assert_market_is_clean()


def test_the_caps_hold_for_what_comes_in_addition() -> None:
    book, seller = a_book(), a_trader()
    a_line(seller, surplus_mb=20_000, allowance_mb=100_000)
    offer = an_offer(book, 90, 100, seller=seller)
    drained(book)
    with pytest.raises(MonthCapPassed):
        _replace(again(offer), 90, 103)
    _replace(again(offer), 90, 102)
    with pytest.raises(MonthCapPassed):
        an_offer(book, 90, 1, seller=seller)


def test_whoever_may_place_no_more_sets_no_more_aside() -> None:
    _book, order = _resting()
    owner = Holder.objects.filter(pk=order.holder_id)
    owner.update(tier=0)
    with pytest.raises(TierTooLow):
        _replace(again(order), 60, 4)
    owner.update(tier=1)
    order.holder.numbers.update(doubted_at=NOW)  # it may be somebody else's since
    with pytest.raises(NotProved):
        _replace(again(order), 60, 8)
    assert not Event.objects.filter(kind="replace").exists()


def test_one_replacement_waits_at_a_time() -> None:
    _book, order = _resting()
    _replace(order, 60, 4)
    with pytest.raises(ReplacementWaiting):
        _replace(again(order), 61, 4)


def test_what_is_cancelled_first_gives_everything_back() -> None:
    book, order = _resting()
    cancel_order(holder=order.holder, order=order, key=uuid.uuid4(), now=NOW)
    _replace(order, 60, 8)
    drained(book)
    assert coins_in(f"holder/{order.holder_id}/main") == 1_000
    with pytest.raises(OrderEnded):
        _replace(again(order), 60, 8)
    assert_market_is_clean()


def test_a_halt_before_its_turn_leaves_the_order_as_it_was() -> None:
    book, order = _resting()
    turn_phase(book=book, phase=Book.Phase.HALT, key=uuid.uuid4(), now=NOW)
    _replace(order, 60, 8)
    drained(book)
    assert (again(order).price_coins, again(order).open_lots) == (50, 4)
    assert coins_in(f"holder/{order.holder_id}/main") == 1_000 - 202
    with pytest.raises(BookNotTrading):
        _replace(again(order), 60, 8)
    assert_market_is_clean()


def test_replaced_and_closed_gives_everything_back() -> None:
    _book, order = _resting()
    _replace(order, 60, 8)
    assert close_books(month=MONTH, now=NOW + timedelta(days=14)) == []
    assert coins_in(f"holder/{order.holder_id}/main") == 1_000
    assert_market_is_clean()


def test_bad_terms_and_too_few_coins_are_refused() -> None:
    _book, order = _resting()
    with pytest.raises(BadPrice):
        _replace(order, 101, 4)
    with pytest.raises(BadLots):
        _replace(order, 50, 0)
    with pytest.raises(BalanceTooLow):
        _replace(order, 100, 40)
