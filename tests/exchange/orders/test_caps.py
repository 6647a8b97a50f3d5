"""What may be sold of a number's data, on which terms a book opens, and where data goes."""

import uuid
from datetime import timedelta

import pytest

from exchange.orders.operations import (
    BadBookTerms,
    BadDelivery,
    Line,
    LineIdle,
    MonthCapPassed,
    NumberNeeded,
    ShareOfAllowancePassed,
    TooLittleLeft,
    TransferCapPassed,
    place_order,
    replace_order,
)
from ledger.refusals import BalanceTooLow, Refusal
from tests.given import (
    NOW,
    PACKAGE,
    a_book,
    a_line,
    a_number,
    a_trader,
    an_allowance,
    an_order,
    give_surplus,
)
from tests.given_market import a_buy, drained
from wallet.carriers.models import Usage
from wallet.holders.sentences import sentence_of
from wallet.policy.operations import set_policy

pytestmark = pytest.mark.django_db


def test_one_order_sells_no_more_than_its_cap() -> None:
    seller, book = a_trader(), a_book()
    line = a_line(seller, surplus_mb=20_000, allowance_mb=100_000)
    _set("trade.mb_per_transfer_max", 300)
    with pytest.raises(TransferCapPassed):
        an_order(seller, book, "S", 90, 4, line=line)
    an_order(seller, book, "S", 90, 3, line=line)


def test_a_line_its_carrier_has_not_shown_for_long_sells_nothing() -> None:
    seller, book = a_trader(), a_book()
    line = a_line(seller, surplus_mb=1_000)
    _set("trade.line_seen_days_max", 7)
    an_order(seller, book, "S", 90, 1, line=line, now=NOW + timedelta(days=7))
    with pytest.raises(LineIdle):
        an_order(seller, book, "S", 90, 1, line=line, now=NOW + timedelta(days=7, seconds=1))


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("book.price_max", 101),
        ("book.price_min", 101),
        ("book.fee_seller_coins_per_lot", 5),
        ("book.closing_call_at", "first 08:00"),
        ("book.uncross_at", "last 18:00"),
    ],
)
def test_a_book_opens_on_terms_that_work_only(key: str, value: object) -> None:
    _set(key, value)
    with pytest.raises(BadBookTerms):
        a_book()


def test_a_floor_that_just_pays_its_fee_opens() -> None:
    _set("book.fee_seller_coins_per_lot", 4)
    assert a_book().seller_coins_per_lot == 4


def test_data_goes_to_a_number_of_the_buyers_with_the_carrier() -> None:
    buyer, book = a_trader(coins=1_000), a_book()
    own = buyer.numbers.get()
    assert a_buy(buyer, book, 90, 1, deliver_to=own, deliver_at_once=True).deliver_to == own
    found = a_buy(buyer, book, 90, 1, deliver_at_once=True)
    assert found.deliver_to == own
    for strange in (a_trader().numbers.get(), a_number(buyer, carrier="CU")):
        with pytest.raises(BadDelivery):
            a_buy(buyer, book, 90, 1, deliver_to=strange)
    with pytest.raises(NumberNeeded):
        a_buy(buyer, a_book("CM"), 90, 1, deliver_at_once=True)


def test_what_is_sold_is_not_delivered() -> None:
    seller, book = a_trader(), a_book()
    line = a_line(seller, surplus_mb=100)
    with pytest.raises(BadDelivery):
        place_order(
            holder=seller,
            book=book,
            side="S",
            price_coins=90,
            lots=1,
            line=line,
            deliver_at_once=True,
            key=uuid.uuid4(),
            now=NOW,
        )


def test_a_number_sells_no_more_than_its_month_cap() -> None:
    seller, book = a_trader(), a_book()
    line = a_line(seller, surplus_mb=20_000, allowance_mb=100_000)
    an_order(seller, book, "S", 90, 100, line=line)
    with pytest.raises(MonthCapPassed) as refused:
        an_order(seller, book, "S", 90, 3, line=line)
    assert refused.value.fields["offered_mb"] == 10_000
    an_order(seller, book, "S", 90, 2, line=line)


def test_a_number_sells_no_more_than_its_share_of_the_allowance() -> None:
    seller, book = a_trader(), a_book()
    line = a_line(seller, surplus_mb=5_000, allowance_mb=6_000)
    an_order(seller, book, "S", 90, 30, line=line)
    with pytest.raises(ShareOfAllowancePassed):
        an_order(seller, book, "S", 90, 1, line=line)


def test_something_must_remain_on_the_number() -> None:
    seller, book = a_trader(), a_book()
    line = a_line(seller, surplus_mb=1_000, allowance_mb=4_000)
    line.number.refresh_from_db()
    _use(line, 4_000)
    # Nothing but the 1,000 MB deposited is left; 500 of it must stay.
    an_order(seller, book, "S", 90, 5, line=line)
    with pytest.raises(TooLittleLeft):
        an_order(seller, book, "S", 90, 1, line=line)


@pytest.mark.parametrize(
    ("there_mb", "allowance_mb", "lots", "refusal"),
    [
        (300, 100_000, 103, BalanceTooLow),  # less than an order's and a month's cap of 10,240 MB
        (20_000, 100_000, 103, TransferCapPassed),
        (300, 4_000, 21, BalanceTooLow),  # less than half of the allowance
        (2_000, 3_000, 16, ShareOfAllowancePassed),
        (1_900, 2_000, 19, ShareOfAllowancePassed),  # the cap is what leaves least
    ],
)
def test_more_than_is_there_is_refused_by_what_leaves_least(
    there_mb: int, allowance_mb: int, lots: int, refusal: type[Refusal]
) -> None:
    seller, book = a_trader(), a_book()
    line = a_line(seller, surplus_mb=there_mb, allowance_mb=allowance_mb)
    with pytest.raises(refusal) as refused:
        an_order(seller, book, "S", 90, lots, line=line)
    if refusal is BalanceTooLow:
        assert (refused.value.fields["balance"], refused.value.fields["amount"]) == (
            there_mb,
            -100 * lots,
        )
        assert "300 MB" in sentence_of(refused.value)


def test_what_a_cap_leaves_is_named_where_the_line_has_more() -> None:
    seller, book = a_trader(), a_book()
    line = a_line(seller, surplus_mb=10_400, allowance_mb=100_000)
    an_order(seller, book, "S", 90, 100, line=line)
    # 400 MB are there, 240 of which the month's cap still allows.
    with pytest.raises(MonthCapPassed):
        an_order(seller, book, "S", 90, 5, line=line)
    an_order(seller, book, "S", 90, 2, line=line)


def test_a_replacement_names_what_is_there_as_a_new_order_does() -> None:
    seller, book = a_trader(), a_book()
    offer = an_order(seller, book, "S", 90, 1, line=a_line(seller, surplus_mb=100))
    drained(book)
    with pytest.raises(BalanceTooLow) as refused:
        replace_order(
            holder=seller, order=offer, price_coins=90, lots=120, key=uuid.uuid4(), now=NOW
        )
    assert refused.value.fields["balance"] == 0


def test_a_second_number_has_caps_of_its_own() -> None:
    seller, book = a_trader(), a_book()
    line = a_line(seller, surplus_mb=5_000, allowance_mb=6_000)
    an_order(seller, book, "S", 90, 30, line=line)
    other = a_number(seller)
    an_allowance(other, 2_000)
    give_surplus(other, 1_000)
    order = an_order(seller, book, "S", 90, 10, line=Line(number=other, package=PACKAGE))
    assert order.lots == 10


def _set(key: str, value: object) -> None:
    set_policy(key=key, value=value, starts_at=NOW, set_by="test", reason="test", now=NOW)


def _use(line: Line, mb: int) -> None:
    Usage.objects.filter(msisdn=line.number.msisdn).update(used_mb=mb)
