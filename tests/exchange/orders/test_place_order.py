"""Placing an order sets its goods or coins aside and puts it into the log."""

import uuid
from datetime import datetime, timedelta

import pytest

from exchange.orders.models import Book, Event, Order, Trade
from exchange.orders.operations import (
    BadLine,
    BadLots,
    BadPrice,
    BadTimeInForce,
    BookNotTrading,
    BookPast,
    Line,
    LineUnknown,
    TierTooLow,
    TooYoung,
    open_book,
    place_order,
)
from ledger.queries import amount_at, coins_in
from ledger.refusals import BalanceTooLow, KeyReused
from ledger.rules import month_after
from tests.given import (
    MONTH,
    NOW,
    PACKAGE,
    a_book,
    a_carrier,
    a_holder,
    a_line,
    a_trader,
    an_order,
    an_organisation,
    give_coins,
)
from tests.given_market import drained
from wallet.holders.models import Holder
from wallet.holders.operations import HolderFrozen, NotProved, freeze_holder
from wallet.policy.operations import set_policy

pytestmark = pytest.mark.django_db


def test_buy_sets_price_and_cover_aside() -> None:
    buyer = a_trader(coins=1_000)
    order = an_order(buyer, a_book(), "B", 90, 5)
    # 5 lots at 90, and 1 % of 450 rounded up.
    assert coins_in(f"order/{order.pk}") == 455
    assert coins_in(f"holder/{buyer.pk}/main") == 545
    event = Event.objects.get()
    assert (event.kind, event.order, hasattr(event, "turn")) == ("place", order, False)
    assert order.state == Order.State.ACCEPTED


def test_fee_rates_are_those_of_the_orders_acceptance() -> None:
    book, seller, buyer = a_book(), a_trader(), a_trader(coins=1_000)
    an_order(seller, book, "S", 80, 2, line=a_line(seller, surplus_mb=200))
    early = an_order(buyer, book, "B", 80, 1)
    Book.objects.update(maker_bp=1_000, taker_bp=2_000, seller_coins_per_lot=3)
    late = an_order(buyer, Book.objects.get(pk=book.pk), "B", 80, 1)
    drained(book)
    of_early, of_late = Trade.objects.order_by("number")
    assert (of_early.buyer_bp, of_early.buyer_cover_coins) == (100, 1)
    assert (of_late.buyer_bp, of_late.buyer_cover_coins) == (2_000, 16)
    assert {trade.seller_bp for trade in (of_early, of_late)} == {50}
    assert Order.objects.get(side="S").seller_coins_per_lot == 0
    assert coins_in(f"order/{early.pk}") == coins_in(f"order/{late.pk}") == 0


def test_sell_sets_data_aside() -> None:
    seller = a_trader()
    line = a_line(seller, surplus_mb=1_000)
    order = an_order(seller, a_book(), "S", 80, 3, line=line)
    assert amount_at(f"order/{order.pk}", "SURPLUS-CT-2026-11") == 300
    assert amount_at(f"line/{line.number.pk}/{PACKAGE}", "SURPLUS-CT-2026-11") == 700


def test_same_key_places_once() -> None:
    buyer, book, key = a_trader(coins=1_000), a_book(), uuid.uuid4()
    first = _buy(buyer, book, key=key)
    assert _buy(buyer, book, key=key, now=NOW + timedelta(hours=1)) == first
    assert coins_in(f"holder/{buyer.pk}/main") == 1_000 - 101
    assert Event.objects.count() == 1


def test_same_key_for_another_order_is_refused() -> None:
    buyer, book, key = a_trader(coins=1_000), a_book(), uuid.uuid4()
    _buy(buyer, book, key=key)
    with pytest.raises(KeyReused) as refused:
        _buy(buyer, book, key=key, lots=2)
    assert refused.value.fields["field"] == "lots"


def test_two_holders_may_choose_one_key() -> None:
    book, key = a_book(), uuid.uuid4()
    one = _buy(a_trader(coins=1_000), book, key=key)
    assert _buy(a_trader(coins=1_000), book, key=key) != one


def test_an_order_beyond_the_coins_is_refused() -> None:
    with pytest.raises(BalanceTooLow):
        an_order(a_trader(coins=454), a_book(), "B", 90, 5)


def test_an_order_beyond_the_line_is_refused() -> None:
    seller = a_trader()
    with pytest.raises(BalanceTooLow):
        an_order(seller, a_book(), "S", 80, 4, line=a_line(seller, surplus_mb=399))


@pytest.mark.parametrize("price", [4, 101, -1, 0])
def test_price_outside_the_band_is_refused(price: int) -> None:
    with pytest.raises(BadPrice):
        an_order(a_trader(coins=1_000), a_book(), "B", price, 1)


def test_price_off_the_tick_is_refused() -> None:
    book = a_book()
    book.tick_coins = 5
    with pytest.raises(BadPrice):
        an_order(a_trader(coins=1_000), book, "B", 91, 1)


@pytest.mark.parametrize("lots", [0, -1, 1_000_001])
def test_bad_lots_are_refused(lots: int) -> None:
    with pytest.raises(BadLots):
        an_order(a_trader(coins=1_000), a_book(), "B", 90, lots)


def test_bad_time_in_force_is_refused() -> None:
    with pytest.raises(BadTimeInForce):
        an_order(a_trader(coins=1_000), a_book(), "B", 90, 1, time_in_force="DAY")


def test_a_sell_without_a_line_and_a_buy_with_one_are_refused() -> None:
    trader = a_trader(coins=1_000)
    line = a_line(trader, surplus_mb=100)
    with pytest.raises(BadLine):
        an_order(trader, a_book(), "S", 90, 1)
    with pytest.raises(BadLine):
        an_order(trader, a_book(), "B", 90, 1, line=line)


@pytest.mark.parametrize("phase", [Book.Phase.HALT, Book.Phase.CLOSED])
def test_a_book_at_rest_takes_no_order(phase: Book.Phase) -> None:
    book = a_book()
    book.phase = phase
    with pytest.raises(BookNotTrading):
        an_order(a_trader(coins=1_000), book, "B", 90, 1)


@pytest.mark.parametrize("time_in_force", ["IOC", "FOK"])
def test_a_call_takes_no_immediate_order(time_in_force: str) -> None:
    book = a_book()
    book.phase = Book.Phase.CALL
    with pytest.raises(BookNotTrading):
        an_order(a_trader(coins=1_000), book, "B", 90, 1, time_in_force=time_in_force)


def test_a_book_of_another_month_takes_no_order() -> None:
    buyer = a_trader(coins=1_000)
    with pytest.raises(BookNotTrading):
        an_order(buyer, a_book(month=month_after(MONTH)), "B", 90, 1)
    with pytest.raises(BookNotTrading):
        an_order(buyer, a_book(), "B", 90, 1, now=NOW + timedelta(days=20))


def test_a_book_does_not_open_for_a_past_month() -> None:
    with pytest.raises(BookPast):
        open_book(carrier=a_carrier(), month=month_after(MONTH, -1), now=NOW)


def test_opening_a_book_twice_keeps_its_terms() -> None:
    book = a_book()
    set_policy(key="book.price_max", value=60, starts_at=NOW, set_by="test", reason="test", now=NOW)
    assert open_book(carrier=book.carrier, month=MONTH, now=NOW).price_max == 100


def test_a_low_tier_may_not_trade() -> None:
    with pytest.raises(TierTooLow):
        an_order(a_holder(coins=1_000), a_book(), "B", 90, 1)


@pytest.mark.parametrize("birth_year", [None, 2008, 2010])
def test_who_may_be_under_age_may_not_trade(birth_year: int | None) -> None:
    with pytest.raises(TooYoung):
        an_order(a_trader(coins=1_000, birth_year=birth_year), a_book(), "B", 90, 1)


def test_an_organisation_may_keep_a_standing_bid() -> None:
    organisation = an_organisation()
    give_coins(organisation, 1_000)
    assert an_order(organisation, a_book(), "B", 50, 10).state == Order.State.ACCEPTED


def test_a_frozen_holder_may_not_trade() -> None:
    buyer = a_trader(coins=1_000)
    freeze_holder(holder=buyer, now=NOW)
    with pytest.raises(HolderFrozen):
        an_order(buyer, a_book(), "B", 90, 1)


def test_who_proves_no_number_sets_few_coins_aside() -> None:
    buyer, book = a_trader(coins=1_000), a_book()
    buyer.numbers.update(doubted_at=NOW)  # it may be somebody else's since
    an_order(buyer, book, "B", 49, 2)  # 98 coins and one of cover, of 100
    with pytest.raises(NotProved):
        an_order(buyer, book, "B", 10, 1)
    assert coins_in(f"holder/{buyer.pk}/main") == 901


def test_the_line_of_another_holder_is_refused() -> None:
    line = a_line(a_trader(), surplus_mb=1_000)
    with pytest.raises(LineUnknown):
        an_order(a_trader(), a_book(), "S", 90, 1, line=line)


def test_a_package_the_carrier_does_not_know_is_refused() -> None:
    seller = a_trader()
    line = a_line(seller, surplus_mb=1_000)
    with pytest.raises(LineUnknown):
        an_order(seller, a_book(), "S", 90, 1, line=Line(number=line.number, package="night"))


def _buy(
    holder: Holder, book: Book, *, key: uuid.UUID, lots: int = 1, now: datetime = NOW
) -> Order:
    return place_order(
        holder=holder,
        book=book,
        side="B",
        price_coins=100,
        lots=lots,
        key=key,
        now=now,
    )
