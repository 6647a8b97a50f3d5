"""Worlds of the market beyond one book and its limit orders."""

import uuid
from datetime import datetime
from typing import Any

from exchange.matching.operations import drain_book
from exchange.orders.models import Book, Order
from exchange.orders.operations import Line, place_order, turn_phase
from tests.given import NOW, PACKAGE, a_line, a_trader, an_order
from wallet.holders.models import Holder, Number


def in_trade(book: Book, *, now: datetime = NOW) -> Book:
    """Bring a book out of the call that it may have opened into."""
    if book.phase != Book.Phase.CALL:
        return book
    turn_phase(book=book, phase=Book.Phase.CONTINUOUS, key=uuid.uuid4(), now=now)
    return drained(book, now=now)


def drained(book: Book, *, now: datetime = NOW) -> Book:
    """Work a book's log off, and return the book as it is then."""
    drain_book(book_id=book.pk, now=now)
    return Book.objects.get(pk=book.pk)


def again(order: Order) -> Order:
    """Return an order as it is now."""
    return Order.objects.get(pk=order.pk)


def a_buy(
    holder: Holder, book: Book, price_coins: int, lots: int, *, now: datetime = NOW, **terms: Any
) -> Order:
    """Return a buy with the terms given, a limit order good till cancelled unless told."""
    return place_order(
        holder=holder,
        book=book,
        side=Order.Side.BUY,
        price_coins=price_coins,
        lots=lots,
        key=uuid.uuid4(),
        now=now,
        **terms,
    )


def an_offer(
    book: Book, price_coins: int, lots: int, *, seller: Holder | None = None, now: datetime = NOW
) -> Order:
    """Return somebody's offer, from a line with just enough on it unless a seller is given."""
    if seller is None:
        seller = a_trader(now=now)
        line = a_line(seller, surplus_mb=lots * book.lot_mb, now=now)
    else:
        line = Line(number=Number.objects.get(holder=seller), package=PACKAGE)
    return an_order(seller, book, "S", price_coins, lots, line=line, now=now)
