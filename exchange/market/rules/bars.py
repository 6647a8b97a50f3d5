"""Candles: what trades of a minute, an hour or a day of Asia/Shanghai came to."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from ledger.rules import SHANGHAI

#: What a candle may span; a day is the calendar's in Asia/Shanghai.
SPANS = ("1m", "1h", "1d")
_LENGTHS = {"1m": timedelta(minutes=1), "1h": timedelta(hours=1), "1d": timedelta(days=1)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Print:
    """A trade as candles need it: its number in its book, coins per lot, lots, and when."""

    number: int
    price_coins: int
    lots: int
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """Trades of one span: prices in coins per lot, lots, and the coins paid for them.

    First and last are by the trades' numbers, the order the book made them in.
    """

    open_coins: int
    high_coins: int
    low_coins: int
    close_coins: int
    lots: int
    turnover_coins: int
    trades: int
    first_number: int
    last_number: int


def span_starts_at(at: datetime, *, span: str) -> datetime:
    """Return when the span began that holds an instant."""
    minute = at.astimezone(SHANGHAI).replace(second=0, microsecond=0)
    if span == "1m":
        return minute
    hour = minute.replace(minute=0)
    return hour if span == "1h" else hour.replace(hour=0)


def bar_of(trade: Print) -> Bar:
    """Return the candle of a single trade."""
    price = trade.price_coins
    return Bar(
        open_coins=price,
        high_coins=price,
        low_coins=price,
        close_coins=price,
        lots=trade.lots,
        turnover_coins=price * trade.lots,
        trades=1,
        first_number=trade.number,
        last_number=trade.number,
    )


def merged(one: Bar, other: Bar) -> Bar:
    """Return the candle of the trades of two candles, whichever were first."""
    return Bar(
        open_coins=min((one, other), key=lambda bar: bar.first_number).open_coins,
        high_coins=max(one.high_coins, other.high_coins),
        low_coins=min(one.low_coins, other.low_coins),
        close_coins=max((one, other), key=lambda bar: bar.last_number).close_coins,
        lots=one.lots + other.lots,
        turnover_coins=one.turnover_coins + other.turnover_coins,
        trades=one.trades + other.trades,
        first_number=min(one.first_number, other.first_number),
        last_number=max(one.last_number, other.last_number),
    )


def span_ends_at(starts_at: datetime, *, span: str) -> datetime:
    """Return when the span ends that began at an instant."""
    return starts_at + _LENGTHS[span]


def bars_of(trades: Iterable[Print], *, span: str) -> dict[datetime, Bar]:
    """Return the candles of trades, by when each began."""
    found: dict[datetime, Bar] = {}
    for trade in trades:
        _put(found, span_starts_at(trade.at, span=span), bar_of(trade))
    return found


def bars_by_span(trades: Iterable[Print]) -> dict[str, dict[datetime, Bar]]:
    """Return the candles of trades for every span: the longer ones are put together of minutes."""
    minutes = bars_of(trades, span="1m")
    found = {"1m": minutes}
    for span in SPANS[1:]:
        found[span] = {}
        for starts_at, bar in minutes.items():
            _put(found[span], span_starts_at(starts_at, span=span), bar)
    return found


def _put(found: dict[datetime, Bar], starts_at: datetime, bar: Bar) -> None:
    there = found.get(starts_at)
    found[starts_at] = bar if there is None else merged(there, bar)
