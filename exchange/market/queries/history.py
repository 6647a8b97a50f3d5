"""Trades and candles of a book, as far back as it goes; the figures of the last 24 hours."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Max, Min, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from exchange.market.models import Candle, Tape
from exchange.market.rules import LastTrade, Print, ShownCandle, Ticker
from exchange.orders.models import Book, Trade
from ledger.rules import month_of

CANDLES_SHOWN = 24
DAY = timedelta(hours=24)
_FIELDS = ("number", "price_coins", "lots", "traded_at")


def trades_of_book(book: Book) -> QuerySet[Trade]:
    """Return a book's trades that count, newest first."""
    return Trade.objects.filter(book=book, busted_at=None).order_by("-number")


def candles_of(book: Book, *, span: str) -> QuerySet[Candle]:
    """Return a book's candles of a span, newest first."""
    return Candle.objects.filter(book=book, span=span).order_by("-starts_at")


def prints_of(
    *,
    book_id: UUID,
    first_number: int,
    last_number: int,
    start: datetime | None = None,
    end: datetime | None = None,
) -> Iterator[Print]:
    """Yield the trades that count among some numbers, in their order; between instants if told."""
    rows = Trade.objects.filter(
        book=book_id, busted_at=None, number__range=(first_number, last_number)
    )
    if start is not None and end is not None:
        rows = rows.filter(traded_at__gte=start, traded_at__lt=end)
    for number, price, lots, at in rows.order_by("number").values_list(*_FIELDS).iterator():
        yield Print(number=number, price_coins=price, lots=lots, at=at)


def busts_of(*, book_id: UUID, until: int) -> QuerySet[Trade]:
    """Return a book's trades up to a number that were undone."""
    return Trade.objects.filter(book=book_id, busted_at__isnull=False, number__lte=until)


def books_to_tell(*, now: datetime) -> QuerySet[Book]:
    """Return this month's books, and every other with trades that its candles do not follow yet."""
    followed = Tape.objects.filter(book=OuterRef("pk")).values("trades")
    behind = Q(trades__gt=Coalesce(Subquery(followed), 0))
    return Book.objects.filter(Q(month=month_of(now)) | behind).order_by("month", "carrier")


def last_candles(book: Book) -> tuple[ShownCandle, ...]:
    """Return a book's last candles of the hour, oldest first."""
    rows = candles_of(book, span=Candle.Span.HOUR)[:CANDLES_SHOWN]
    names = ("open_coins", "high_coins", "low_coins", "close_coins", "lots")
    shown = [
        ShownCandle(starts_at=row.starts_at, **{name: getattr(row, name) for name in names})
        for row in rows
    ]
    return tuple(reversed(shown))


def ticker_of(book: Book, *, last: LastTrade | None, until: datetime) -> Ticker:
    """Return the figures of the 24 hours to the end of a minute, from the candles of the minute."""
    rows = Candle.objects.filter(
        book=book, span=Candle.Span.MINUTE, starts_at__gt=until - DAY, starts_at__lte=until
    )
    sums = rows.aggregate(
        high=Max("high_coins"),
        low=Min("low_coins"),
        lots=Sum("lots"),
        turnover=Sum("turnover_coins"),
        trades=Sum("trades"),
    )
    first = rows.order_by("starts_at").values_list("open_coins", flat=True).first()
    return Ticker(
        last_coins=last.price_coins if last else None,
        open_coins=first,
        high_coins=sums["high"],
        low_coins=sums["low"],
        lots=sums["lots"] or 0,
        turnover_coins=sums["turnover"] or 0,
        trades=sums["trades"] or 0,
    )
