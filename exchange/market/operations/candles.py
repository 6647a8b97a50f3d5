"""Candles, brought up to a book's trades: from a cursor, so that it may stop anywhere."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from django.db import transaction

from exchange.market.models import Candle, Tape
from exchange.market.queries import busts_of, prints_of
from exchange.market.rules import (
    SPANS,
    Bar,
    Print,
    bars_by_span,
    bars_of,
    merged,
    span_ends_at,
    span_starts_at,
)
from exchange.orders.models import Trade

TRADES_AT_ONCE = 5_000
_AMOUNTS = tuple(Bar.__dataclass_fields__)


@transaction.atomic
def follow_trades(*, book_id: UUID) -> Tape:
    """Bring a book's candles up to its next trades and busts, and return how far that is.

    Asked again, it goes on from there; asked twice at once, one waits for the other.
    """
    tape = held_tape(book_id=book_id)
    rows = Trade.objects.filter(book=book_id, number__gt=tape.trades).order_by("number")
    trades = list(rows[:TRADES_AT_ONCE])
    for span, bars in bars_by_span(_prints(trades)).items():
        _add(tape, span=span, bars=bars)
    seen = trades[-1].number if trades else tape.trades
    busts = busts_of(book_id=book_id, until=seen).count()
    if busts != tape.busts:
        _take_out(tape, until=seen)
    if (seen, busts) != (tape.trades, tape.busts):
        tape.trades, tape.busts = seen, busts
        tape.save(update_fields=["trades", "busts"])
    return tape


@transaction.atomic
def rebuild_candles(*, book_id: UUID) -> Tape:
    """Forget a book's candles, compute them from its first trade again, and return how far."""
    tape = held_tape(book_id=book_id)
    Candle.objects.filter(book=book_id).delete()
    tape.trades = tape.busts = 0
    tape.save(update_fields=["trades", "busts"])
    while (further := follow_trades(book_id=book_id)).trades > tape.trades:
        tape = further
    return tape


def held_tape(*, book_id: UUID) -> Tape:
    """Return a book's tape, locked until the transaction ends."""
    Tape.objects.bulk_create([Tape(book_id=book_id)], ignore_conflicts=True)
    return Tape.objects.select_for_update(no_key=True).get(pk=book_id)


def _prints(trades: list[Trade]) -> list[Print]:
    return [
        Print(number=each.number, price_coins=each.price_coins, lots=each.lots, at=each.traded_at)
        for each in trades
        if each.busted_at is None
    ]


def _add(tape: Tape, *, span: str, bars: Mapping[datetime, Bar]) -> None:
    """Merge what came into what is there."""
    rows = Candle.objects.filter(book=tape.pk, span=span, starts_at__in=bars)
    there = {row.starts_at: _bar(row) for row in rows}
    Candle.objects.bulk_create(
        [
            Candle(
                book_id=tape.pk,
                span=span,
                starts_at=at,
                **_amounts(merged(there[at], bar) if at in there else bar),
            )
            for at, bar in sorted(bars.items())
        ],
        update_conflicts=True,
        unique_fields=["book", "span", "starts_at"],
        update_fields=_AMOUNTS,
    )


def _take_out(tape: Tape, *, until: int) -> None:
    """Compute the candles anew that trades since undone had a part in."""
    moments = list(busts_of(book_id=tape.pk, until=until).values_list("traded_at", flat=True))
    for span in SPANS:
        starts = {span_starts_at(at, span=span) for at in moments}
        for row in Candle.objects.filter(book=tape.pk, span=span, starts_at__in=starts):
            _compute_again(row)


def _compute_again(row: Candle) -> None:
    left = prints_of(
        book_id=row.book_id,
        first_number=row.first_number,
        last_number=row.last_number,
        start=row.starts_at,
        end=span_ends_at(row.starts_at, span=row.span),
    )
    bars = list(bars_of(left, span=row.span).values())
    if bars:
        Candle.objects.filter(pk=row.pk).update(**_amounts(bars[0]))
    else:
        row.delete()


def _bar(row: Candle) -> Bar:
    return Bar(**{name: getattr(row, name) for name in _AMOUNTS})


def _amounts(bar: Bar) -> dict[str, int]:
    return {name: getattr(bar, name) for name in _AMOUNTS}
