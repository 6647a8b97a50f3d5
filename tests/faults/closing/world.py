"""A month with something for every stage of its close and for its late files, made by operations."""

import uuid
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet

from exchange.matching.operations import drain_book
from exchange.orders.models import Book
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
from tests.given_own_data import a_policy
from tests.wallet.convert.world import reachable
from wallet.carriers.models import Usage
from wallet.gift.operations import send_gift
from wallet.holders.models import Number
from wallet.rollover.models import Deposit, Roll
from wallet.rollover.operations.deposits import deposit_surplus, settle_deposits
from wallet.rollover.operations.late import roll_late

SHARE_PERCENT = 20
LATE_DAYS = 4
CARRIERS = ("CT", "CU", "CM", "MV")


def a_month_to_close(*, month: date, now: datetime, each: int) -> Book:
    """Let people trade, save, give, convert and hold what expires, this many of each sort.

    Returns the book of its trades as it was read before it closed.
    """
    open_month(month=month)
    open_months(now=now)
    then = starts_at(month) + timedelta(days=14, hours=10)
    reachable(*CARRIERS)
    a_policy("rollover.share_percent", SHARE_PERCENT, now=then)  # the rest of a line expires
    for place in range(each):
        attest(_saver(month=month, now=then), month=month, as_of=_last_day(month), final=True)
        _saver(month=month, now=then)
        holder = a_holder(now=then)
        asset = give_data(holder, 70 + place, month=month, now=then)
        send_gift(sender=holder, amount=20, asset=asset, key=uuid.uuid4(), now=then)
    _traders(month=month, now=then, pairs=each)
    _converters(now=then, each=each)
    book = Book.objects.get(month=month)
    close_books(month=month, now=now)
    return book


def hear_late_files(*, month: date) -> None:
    """Load the final figures that came after the close, and roll by them. Again, it changes nothing."""
    now = starts_at(month_after(month)) + timedelta(days=LATE_DAYS)
    for number in Number.objects.filter(pk__in=_late(month)).order_by("pk"):
        attest(number, month=month, as_of=_last_day(month), final=True)
    while roll_late(now=now):
        pass


def late_left(month: date) -> int:
    """Return how many of the late files' numbers have not rolled."""
    rolled = Roll.objects.filter(month=month, number__in=_late(month))
    return _late(month).count() - rolled.count()


def _late(month: date) -> QuerySet[Deposit, UUID]:
    in_time = Usage.objects.filter(month=month, in_close=True, msisdn=OuterRef("number__msisdn"))
    late = Deposit.objects.filter(~Exists(in_time), month=month)
    return late.values_list("number", flat=True).distinct()


def _last_day(month: date) -> str:
    return (month_after(month) - timedelta(days=1)).isoformat()


def _saver(*, month: date, now: datetime) -> Number:
    """Have somebody keep data that rolls, some of it deposited, and return the number."""
    saver = a_holder(now=now)
    number = saver.numbers.get()
    attest(number, month=month)
    deposit_surplus(holder=saver, number=number, package=PACKAGE, mb=500, key=uuid.uuid4(), now=now)
    carriers_answer(now=now)
    settle_deposits(now=now)
    return number


def _traders(*, month: date, now: datetime, pairs: int) -> None:
    book = a_book(month=month, now=now)
    for place in range(pairs):
        seller, buyer = a_trader(now=now), a_trader(coins=1_000, now=now)
        line = a_line(seller, surplus_mb=1_000, now=now)
        an_order(seller, book, "S", 40 + place, 3, line=line, now=now)
        an_order(buyer, book, "B", 90, 2, now=now)
    drain_book(book_id=book.pk, now=now)


def place_late_orders(*, book: Book, orders: int) -> None:
    """Place orders whose acceptance read the book open: the close's first stage gives them back."""
    last = starts_at(month_after(book.month)) - timedelta(microseconds=1)
    for _ in range(orders):
        an_order(a_trader(coins=1_000, now=last), book, "B", 90, 2, now=last)


def _converters(*, now: datetime, each: int) -> None:
    for carrier in CARRIERS:
        order(carrier, 5_000, now=now)
        holder = a_holder(coins=5_000, now=now)
        for place in range(max(1, each // 4)):
            redeem(holder, 100 + place, carrier=carrier, now=now)
        charge_fees(carrier, 5, holder=holder, now=now)
