"""Whatever traders do, and wherever the writer is stopped, the books are clean at every step."""

import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from exchange.matching.operations import drain_book, writer
from exchange.matching.operations.writing import call_booking
from exchange.orders.models import Book, Order, Waiting
from exchange.orders.operations import Line, OrderEnded, cancel_order, cancel_orders, replace_order
from exchange.settlement.operations import close_books
from ledger.models import Balance
from ledger.refusals import Refusal
from tests.exchange.proofs import assert_market_is_clean
from tests.given import MONTH, NOW, a_book, a_line, a_trader, an_order
from wallet.holders.models import Holder

pytestmark = pytest.mark.django_db
TRADERS = 3

PLACE = st.tuples(
    st.just("place"),
    st.integers(0, TRADERS - 1),
    st.sampled_from("BS"),
    st.integers(48, 52),
    st.integers(1, 6),
    st.sampled_from(("GTC", "GTC", "IOC", "FOK", "POST")),
)
REPLACE = st.tuples(st.just("replace"), st.integers(0, 20), st.integers(48, 52), st.integers(1, 6))
CANCEL_ALL = st.tuples(st.just("cancel_all"), st.integers(0, TRADERS - 1))
CANCEL = st.tuples(st.just("cancel"), st.integers(0, 20))
DRAIN = st.tuples(st.just("drain"))
FAIL = st.tuples(
    st.just("fail"),
    st.sampled_from(("before", "after")),
)
STEPS = st.lists(
    st.one_of(PLACE, PLACE, PLACE, REPLACE, CANCEL, CANCEL_ALL, DRAIN, FAIL),
    min_size=5,
    max_size=25,
)


@dataclass(frozen=True, slots=True)
class _Market:
    book: Book
    traders: list[Holder]
    lines: list[Line]


@given(steps=STEPS)
@settings(
    max_examples=20,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_books_are_clean_whatever_happens(steps: list[tuple[object, ...]]) -> None:
    with _undone():
        market = _market()
        held = _coins()
        for step in steps:
            _take(market, step)
        drain_book(book_id=market.book.pk, now=NOW)
        assert_market_is_clean()
        assert not Waiting.objects.exists()
        assert _crossed(market.book) == []
        assert close_books(month=MONTH, now=NOW) == []
        assert_market_is_clean()
        assert not Order.objects.filter(state__in=("accepted", "open")).exists()
        assert _coins() == held


def _take(market: _Market, step: tuple[object, ...]) -> None:
    match step:
        case ("place", int(who), str(side), int(price), int(lots), str(tif)):
            line = market.lines[who] if side == "S" else None
            with _refusals(), transaction.atomic():
                an_order(
                    market.traders[who],
                    market.book,
                    side,
                    price,
                    lots,
                    line=line,
                    time_in_force=tif,
                )
        case ("cancel", int(which)):
            orders = list(Order.objects.order_by("placed_at", "id").select_related("holder"))
            if which < len(orders):
                order = orders[which]
                with _refusals(OrderEnded), transaction.atomic():
                    cancel_order(holder=order.holder, order=order, key=uuid.uuid4(), now=NOW)
        case ("replace", int(which), int(price), int(lots)):
            orders = list(
                Order.objects.order_by("placed_at", "id").select_related("holder", "book")
            )
            if which < len(orders):
                order = orders[which]
                with _refusals(), transaction.atomic():
                    replace_order(
                        holder=order.holder,
                        order=order,
                        price_coins=price,
                        lots=lots,
                        key=uuid.uuid4(),
                        now=NOW,
                    )
        case ("cancel_all", int(who)):
            cancel_orders(holder=market.traders[who], key=uuid.uuid4(), now=NOW)
        case ("drain",):
            drain_book(book_id=market.book.pk, now=NOW)
        case ("fail", str(place)):
            _stop_at(market.book, place)


def _stop_at(book: Book, place: str) -> None:
    """Let the writer die before or after it has booked, not committed, if it has anything to book."""
    with pytest.MonkeyPatch.context() as broken:
        broken.setattr(writer, "call_booking", _die if place == "before" else _book_and_die)
        waiting = Waiting.objects.filter(book=book).exists()
        if waiting:
            with pytest.raises(RuntimeError):
                drain_book(book_id=book.pk, now=NOW)


def _crossed(book: Book) -> list[tuple[int, int]]:
    """Return prices of different holders that should have traded with each other."""
    resting = Order.objects.filter(book=book, state=Order.State.OPEN)
    return [
        (bid.price_coins, ask.price_coins)
        for bid in resting.filter(side="B")
        for ask in resting.filter(side="S")
        if bid.price_coins >= ask.price_coins and bid.holder_id != ask.holder_id
    ]


def _market() -> _Market:
    traders = [a_trader(coins=600) for _ in range(TRADERS)]
    lines = [a_line(trader, surplus_mb=1_500) for trader in traders]
    return _Market(a_book(), traders, lines)


def _coins() -> int:
    rows = Balance.objects.filter(account__asset="COIN", account__address__startswith="holder/")
    total = sum(rows.values_list("balance", flat=True))
    return total + sum(
        Balance.objects.filter(
            account__asset="COIN", account__address__startswith="order/"
        ).values_list("balance", flat=True)
    )


@contextmanager
def _refusals(kind: type[Refusal] = Refusal) -> Iterator[None]:
    try:
        yield
    except kind:
        return


@contextmanager
def _undone() -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def _book_and_die(arguments: Sequence[object]) -> None:
    call_booking(arguments)
    _die()


def _die(*unused: object) -> None:
    raise RuntimeError("killed")
