"""What the market shows: books, their depth and last trades, and what a holder has in them."""

from dataclasses import dataclass
from datetime import datetime

from django.core.cache import cache
from django.db.models import Count, Sum

from exchange.matching.rules import Indicative, indicative_of
from exchange.orders.models import Book, Order, Trade
from exchange.orders.operations import Line
from exchange.orders.queries import LIVE, open_books
from exchange.orders.rules import order_address
from ledger.queries import holdings_at, holdings_under
from ledger.rules import COIN, month_after, monthly_asset, starts_at
from wallet.holders.models import Holder, Number
from wallet.holders.rules import opaque_id
from wallet.holders.set_aside import SetAside

LEVELS_SHOWN = 20
TRADES_SHOWN = 20
SNAPSHOT_SECONDS = 600


@dataclass(frozen=True, slots=True, kw_only=True)
class Level:
    """One price of one side: coins per lot, its open lots, and how many orders make them up."""

    price_coins: int
    lots: int
    orders: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LastTrade:
    """A trade as everybody may see it: nobody's name."""

    number: int
    price_coins: int
    lots: int
    taker: str
    traded_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """A book after the event of this number: both sides best first, the last trades newest first.

    During a call it says what an uncross would do now.
    """

    sequence: int
    phase: str
    bids: tuple[Level, ...]
    asks: tuple[Level, ...]
    trades: tuple[LastTrade, ...]
    indicative: Indicative | None = None

    @property
    def last_price_coins(self) -> int | None:
        """Return the price of the last trade."""
        return self.trades[0].price_coins if self.trades else None


def snapshot_of(book: Book) -> Snapshot:
    """Return a book as its last batch left it: computed once per batch, whoever looks."""
    key = f"book:{book.pk}:{book.cursor}:{book.phase}"
    found: Snapshot | None = cache.get(key)
    if found is None:
        found = _snapshot(book)
        cache.set(key, found, SNAPSHOT_SECONDS)
    return found


def _snapshot(book: Book) -> Snapshot:
    is_closed = book.phase == Book.Phase.CLOSED
    in_call = book.phase == Book.Phase.CALL
    trades = Trade.objects.filter(book=book, busted_at=None).order_by("-number")[:TRADES_SHOWN]
    return Snapshot(
        sequence=book.cursor,
        phase=book.phase,
        bids=() if is_closed else _levels(book, side=Order.Side.BUY, order="-price_coins"),
        asks=() if is_closed else _levels(book, side=Order.Side.SELL, order="price_coins"),
        trades=tuple(
            LastTrade(
                number=trade.number,
                price_coins=trade.price_coins,
                lots=trade.lots,
                taker=trade.taker,
                traded_at=trade.traded_at,
            )
            for trade in trades
        ),
        indicative=_indicative(book) if in_call else None,
    )


def _indicative(book: Book) -> Indicative | None:
    rows = (
        Order.objects.filter(book=book, state=Order.State.OPEN)
        .values_list("side", "price_coins")
        .annotate(lots_open=Sum("open_lots"))
        .order_by("side", "price_coins")
    )
    levels: dict[str, list[tuple[int, int]]] = {"B": [], "S": []}
    for side, price, lots in rows:
        levels[side].append((price, lots))
    return indicative_of(bids=levels["B"], asks=levels["S"])


def _levels(book: Book, *, side: str, order: str) -> tuple[Level, ...]:
    rows = (
        Order.objects.filter(book=book, side=side, state=Order.State.OPEN)
        .values("price_coins")
        .annotate(lots_open=Sum("open_lots"), count=Count("pk"))
        .order_by(order)[:LEVELS_SHOWN]
    )
    return tuple(
        Level(price_coins=row["price_coins"], lots=row["lots_open"], orders=row["count"])
        for row in rows
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """A book and what it shows."""

    book: Book
    snapshot: Snapshot


def offers_at(now: datetime) -> list[Offer]:
    """Return this month's books with what they show."""
    return [Offer(book=book, snapshot=snapshot_of(book)) for book in open_books(now=now)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Stock:
    """Deposited data a holder may offer in a book: a line, and how much lies there (MB)."""

    line: Line
    mb: int


def stocks_of(holder: Holder, book: Book) -> list[Stock]:
    """Return the lines of a holder with at least one lot of a book's goods."""
    asset = monthly_asset(goods="SURPLUS", carrier=book.carrier_id, month=book.month)
    return [
        Stock(line=Line(number=number, package=held.address.split("/")[2]), mb=held.amount)
        for number in Number.objects.filter(holder=holder).order_by("added_at", "id")
        for held in holdings_under(f"line/{number.pk}/")
        if held.asset == asset and held.amount >= book.lot_mb
    ]


def orders_set_aside(holder: Holder) -> list[SetAside]:
    """Return what lies in a holder's open orders, newest first."""
    live = Order.objects.filter(holder=holder, state__in=LIVE).order_by("-placed_at", "-id")
    orders = dict(live.values_list("pk", "book__month"))
    held = {one.address: one for one in holdings_at(order_address(pk) for pk in orders)}
    return [
        SetAside(
            id=opaque_id("ord", pk),
            asset=one.asset,
            amount=one.amount,
            url=f"/market/orders/{opaque_id('ord', pk)}/",
            until=starts_at(month_after(month)),
        )
        for pk, month in orders.items()
        if (one := held.get(order_address(pk))) is not None
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Unsettled:
    """What waits for a month's close: proceeds of sales, and cover kept for fees (coins)."""

    month: str
    proceeds_coins: int
    cover_coins: int


def unsettled_of(holder: Holder) -> list[Unsettled]:
    """Return what a holder's trades left for the months' closes, earliest month first."""
    own = f"holder/{holder.pk}/"
    held = {one.address: one.amount for one in holdings_under(own) if one.asset == COIN}
    months = sorted({address.split("/")[3] for address in held if address.count("/") == 3})
    return [
        Unsettled(
            month=month,
            proceeds_coins=held.get(f"{own}proceeds/{month}", 0),
            cover_coins=held.get(f"{own}fees/{month}", 0),
        )
        for month in months
    ]
