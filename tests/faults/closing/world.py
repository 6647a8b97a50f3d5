"""A month with something for every stage of its close, made by operations."""

import uuid
from datetime import date, datetime, timedelta

from exchange.matching.operations import drain_book
from exchange.settlement.operations import close_books
from ledger.operations import open_month, open_months
from ledger.rules import month_after, starts_at
from tests.carrying import attest, carriers_answer
from tests.given import (
    PACKAGE,
    a_book,
    a_holder,
    a_line,
    a_trader,
    an_order,
    give_data,
)
from tests.given_clearing import charge_fees, order, redeem
from tests.wallet.convert.world import reachable
from wallet.gift.operations import send_gift
from wallet.rollover.operations.deposits import deposit_surplus, settle_deposits

CARRIERS = ("CT", "CU", "CM", "MV")


def a_month_to_close(*, month: date, now: datetime, each: int) -> None:
    """Let people trade, save, give, convert and hold what expires, this many of each sort."""
    open_month(month=month)
    open_months(now=now)
    then = starts_at(month) + timedelta(days=14, hours=10)
    reachable(*CARRIERS)
    for place in range(each):
        _saver(month=month, now=then)
        holder = a_holder(now=then)
        asset = give_data(holder, 70 + place, month=month, now=then)
        send_gift(sender=holder, amount=20, asset=asset, key=uuid.uuid4(), now=then)
    _traders(month=month, now=then, pairs=each)
    _converters(now=then, each=each)
    close_books(month=month, now=now)


def _saver(*, month: date, now: datetime) -> None:
    """Have somebody keep data that rolls, some of it deposited."""
    saver = a_holder(now=now)
    number = saver.numbers.get()
    attest(number, month=month)
    deposit_surplus(holder=saver, number=number, package=PACKAGE, mb=500, key=uuid.uuid4(), now=now)
    carriers_answer(now=now)
    settle_deposits(now=now)
    ended_on = (month_after(month) - timedelta(days=1)).isoformat()
    attest(number, month=month, as_of=ended_on, final=True)


def _traders(*, month: date, now: datetime, pairs: int) -> None:
    book = a_book(month=month, now=now)
    for place in range(pairs):
        seller, buyer = a_trader(now=now), a_trader(coins=1_000, now=now)
        line = a_line(seller, surplus_mb=1_000, now=now)
        an_order(seller, book, "S", 40 + place, 3, line=line, now=now)
        an_order(buyer, book, "B", 90, 2, now=now)
    drain_book(book_id=book.pk, now=now)


def _converters(*, now: datetime, each: int) -> None:
    for carrier in CARRIERS:
        order(carrier, 5_000, now=now)
        holder = a_holder(coins=5_000, now=now)
        for place in range(max(1, each // 4)):
            redeem(holder, 100 + place, carrier=carrier, now=now)
        charge_fees(carrier, 5, holder=holder, now=now)
