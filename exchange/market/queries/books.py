"""What the market shows: books, their depth, their last trades, their last day."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.core.cache import cache
from django.db.models import Count, Sum

from exchange.market.queries.history import last_candles, ticker_of, trades_of_book
from exchange.market.rules import LastTrade, Level, Snapshot, span_starts_at
from exchange.matching.rules import Indicative, indicative_of
from exchange.orders.models import Book, Order, Trade
from exchange.orders.queries import one_instant, open_books

LEVELS_SHOWN = 20
TRADES_SHOWN = 20
SNAPSHOT_SECONDS = 600


def snapshot_of(book: Book, *, now: datetime) -> Snapshot:
    """Return a book as its last batch left it: computed once a batch and minute, whoever looks."""
    minute = span_starts_at(now, span="1m")
    key = _key(book.pk, sequence=book.cursor, phase=book.phase, minute=minute)
    found: Snapshot | None = cache.get(key)
    return keep_snapshot(book, snapshot_now(book, now=now)) if found is None else found


def keep_snapshot(book: Book, snapshot: Snapshot) -> Snapshot:
    """Keep a snapshot for whoever looks next, and return it."""
    key = _key(book.pk, sequence=snapshot.sequence, phase=snapshot.phase, minute=snapshot.at)
    cache.set(key, snapshot, SNAPSHOT_SECONDS)
    return snapshot


def _key(book_id: UUID, *, sequence: int, phase: str, minute: datetime) -> str:
    return f"book:{book_id}:{sequence}:{phase}:{minute:%d%H%M}"


def snapshot_now(book: Book, *, now: datetime) -> Snapshot:
    """Return a book as it stands in the tables at one instant."""
    with one_instant():
        return _snapshot(Book.objects.get(pk=book.pk), minute=span_starts_at(now, span="1m"))


def _snapshot(book: Book, *, minute: datetime) -> Snapshot:
    is_closed = book.phase == Book.Phase.CLOSED
    in_call = book.phase == Book.Phase.CALL
    trades = tuple(_shown(trade) for trade in trades_of_book(book)[:TRADES_SHOWN])
    return Snapshot(
        sequence=book.cursor,
        phase=book.phase,
        at=minute,
        lot_mb=book.lot_mb,
        opens_at=book.opens_at,
        closing_call_at=book.closing_call_at,
        uncross_at=book.uncross_at,
        bids=() if is_closed else _levels(book, side=Order.Side.BUY, order="-price_coins"),
        asks=() if is_closed else _levels(book, side=Order.Side.SELL, order="price_coins"),
        trades=trades,
        ticker=ticker_of(book, last=trades[0] if trades else None, until=minute),
        candles=last_candles(book),
        indicative=_indicative(book) if in_call else None,
    )


def _shown(trade: Trade) -> LastTrade:
    return LastTrade(
        number=trade.number,
        price_coins=trade.price_coins,
        lots=trade.lots,
        taker=trade.taker,
        traded_at=trade.traded_at,
    )


def _indicative(book: Book) -> Indicative | None:
    rows = (
        Order.objects.filter(book=book, rests=True)
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
        Order.objects.filter(book=book, side=side, rests=True)
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
    return [Offer(book=book, snapshot=snapshot_of(book, now=now)) for book in open_books(now=now)]
