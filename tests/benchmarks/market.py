"""A market with many traders, and as many accepted orders as are asked for.

People and orders are written as rows, many at a time: what is measured comes after. Every order is
funded as the wallet funds it.
"""

import random
from dataclasses import dataclass, replace
from datetime import timedelta
from uuid import uuid4

from exchange.orders.models import Book, Event, Order
from exchange.orders.operations import placing
from ledger.operations import post_batch
from ledger.rules import Posting, monthly_asset, move
from tests import given
from wallet.carriers.models import Usage
from wallet.holders.models import Holder, Number, User
from wallet.holders.queries import line_of, main_of

TRADERS = 1_000
COINS_EACH = 10_000_000
MB_EACH = 1_000_000
ALLOWANCE_MB = 10**9
MIDDLE_COINS = 80
SPREAD_COINS = 4
LOTS_MAX = 5
BATCH = 2_000


@dataclass(frozen=True, slots=True)
class Market:
    """A book, who buys there, and the numbers of those who sell."""

    book: Book
    buyers: list[Holder]
    numbers: list[Number]


def a_market(carrier: str = "CT") -> Market:
    """Return a book with 1,000 buyers and 1,000 sellers, all with more than they will need."""
    book = given.a_book(carrier)
    buyers, sellers = _people(TRADERS), _people(TRADERS)
    numbers = [
        Number(
            msisdn=given.an_msisdn(carrier=carrier),
            holder=seller,
            carrier_id=carrier,
            province="广东",
            quality=Number.Quality.PREFIX,
            added_at=given.NOW,
        )
        for seller in sellers
    ]
    Number.objects.bulk_create(numbers)
    Usage.objects.bulk_create(_usage(number) for number in numbers)
    asset = monthly_asset(goods="SURPLUS", carrier=carrier, month=given.MONTH)
    _give(
        asset=asset,
        amount=MB_EACH,
        source=f"carrier/{carrier}/deposited",
        targets=[line_of(number=number, package=given.PACKAGE) for number in numbers],
    )
    _give(
        asset="COIN",
        amount=COINS_EACH,
        source="system/expired",
        targets=[main_of(buyer) for buyer in buyers],
    )
    return Market(book, buyers, numbers)


def accept(market: Market, *, orders: int, chance: random.Random) -> None:
    """Put orders into the book's log, half of them buys: two of three meet somebody."""
    placed = [_order(market, chance) for _ in range(orders)]
    Order.objects.bulk_create(placed, batch_size=BATCH)
    Event.objects.bulk_create(map(_event, placed), batch_size=BATCH)
    # A batch is of one actor: who asked for an order is not what is measured.
    fundings = [replace(placing._funding(order), actor="bench") for order in placed]
    for first in range(0, orders, BATCH):
        post_batch(fundings[first : first + BATCH])


def _people(count: int) -> list[Holder]:
    users = [User(phone=f"+86{given.an_msisdn()}") for _ in range(count)]
    User.objects.bulk_create(users)
    return Holder.objects.bulk_create(
        Holder(kind="person", user=user, tier=1, birth_year=1990, opened_at=given.NOW)
        for user in users
    )


def _usage(number: Number) -> Usage:
    return Usage(
        msisdn=number.msisdn,
        carrier_id=number.carrier_id,
        province=number.province,
        month=given.MONTH,
        package=given.PACKAGE,
        kind=Usage.Kind.NATIONAL,
        allowance_mb=ALLOWANCE_MB,
        used_mb=0,
        as_of=given.NOW,
    )


def _give(*, asset: str, amount: int, source: str, targets: list[str]) -> None:
    post_batch(
        [
            Posting(
                id=uuid4(),
                kind="correction",
                at=given.NOW,
                actor="bench",
                legs=move(asset=asset, amount=amount, source=source, target=target),
            )
            for target in targets
        ]
    )


def _order(market: Market, chance: random.Random) -> Order:
    book, lots = market.book, chance.randint(1, LOTS_MAX)
    is_buy = chance.random() < 0.5
    number = None if is_buy else chance.choice(market.numbers)
    holder = chance.choice(market.buyers) if number is None else number.holder
    assert holder is not None
    return Order(
        id=uuid4(),
        book=book,
        holder=holder,
        group=holder.pk,
        number=number,
        package=given.PACKAGE if number else "",
        side=Order.Side.BUY if is_buy else Order.Side.SELL,
        price_coins=MIDDLE_COINS + chance.randint(-SPREAD_COINS, SPREAD_COINS),
        lots=lots,
        open_lots=lots,
        maker_bp=book.maker_bp,
        taker_bp=book.taker_bp,
        placed_at=given.NOW + timedelta(seconds=1),
    )


def _event(order: Order) -> Event:
    return Event(
        book=order.book,
        kind=Event.Kind.PLACE,
        order=order,
        holder=order.holder,
        client_id=uuid4(),
        body=placing._body_of(order),
        accepted_at=order.placed_at,
    )
