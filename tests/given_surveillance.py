"""Worlds of surveillance: traders who sell to each other in a book, and what was raised of it."""

import uuid
from datetime import datetime, timedelta

from exchange.orders.models import Book, Order
from exchange.orders.operations import cancel_order
from exchange.surveillance.models import Alert
from exchange.surveillance.operations import watch_book
from tests.given import NOW, PACKAGE, a_line, a_trader, an_order
from tests.given_market import drained
from wallet.holders.models import Holder, Number


def a_seller(*, coins: int = 2_000, now: datetime = NOW) -> Holder:
    """Return somebody with coins to buy and deposited data to sell."""
    holder = a_trader(coins=coins, now=now)
    a_line(holder, surplus_mb=2_000, now=now)
    return holder


def offered(seller: Holder, book: Book, price: int, lots: int, *, now: datetime) -> Order:
    """Return an offer of deposited data."""
    from exchange.orders.operations import Line

    line = Line(number=Number.objects.get(holder=seller), package=PACKAGE)
    return an_order(seller, book, "S", price, lots, line=line, now=now)


def swapped(book: Book, seller: Holder, buyer: Holder, *, now: datetime, price: int = 50) -> None:
    """Let one buy what the other offers."""
    offered(seller, book, price, 1, now=now)
    an_order(buyer, book, "B", price, 1, now=now)


def washed(book: Book, *, rounds: int = 2, now: datetime = NOW) -> tuple[Holder, Holder]:
    """Let two strangers sell to each other and back again; return them."""
    pair = a_seller(now=now), a_seller(now=now)
    for _ in range(rounds):
        swapped(book, *pair, now=now)
        swapped(book, *reversed(pair), now=now)
    drained(book, now=now)
    return pair


def layered(book: Book, *, now: datetime = NOW) -> Holder:
    """Let somebody show bids, be filled on an offer, and cancel the bids; return who."""
    who, victim = a_seller(now=now), a_trader(coins=500, now=now)
    offered(who, book, 52, 1, now=now)
    walls = [an_order(who, book, "B", 50 - place, 1, now=now) for place in range(3)]
    later = now + timedelta(seconds=10)
    an_order(victim, book, "B", 52, 1, now=later)
    drained(book, now=later)
    for wall in walls:
        cancel_order(holder=who, order=wall, key=uuid.uuid4(), now=later)
    drained(book, now=later)
    return who


def raised(book: Book, *, now: datetime = NOW) -> list[Alert]:
    """Return the alerts of a book once all of its log was looked at."""
    while watch_book(book_id=book.pk, now=now):
        pass
    return list(Alert.objects.filter(book=book).order_by("raised_at", "id"))
