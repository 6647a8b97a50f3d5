"""Candles follow the trades from a cursor; whatever stops them, a rebuild finds the same."""

from datetime import datetime, timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.utils import timezone

from exchange.market.models import Candle, Tape
from exchange.market.operations import candles, draw_picture, follow_trades, rebuild_candles
from exchange.market.proofs import PROOFS
from exchange.market.queries import snapshot_now
from exchange.market.rules import picture_of, snapshot_in
from exchange.orders.models import Book, Trade
from exchange.orders.operations import propose_bust
from ledger.adjustments.operations import approve_proposal
from tests.given import NOW, a_book, a_trader
from tests.given_market import a_buy, an_offer, drained
from tests.ledger.adjustments.world import WHY, controller

pytestmark = pytest.mark.django_db
TRADES = ((60, 2, 0), (63, 1, 0), (58, 3, 20), (61, 1, 75), (59, 2, 60 * 26))  # price, lots, minute


def traded(*trades: tuple[int, int, int]) -> Book:
    """Return a book that traded at these prices, so many lots, so many minutes after now."""
    book, buyer = a_book(), a_trader(coins=10_000)
    for price, lots, minutes in trades:
        at = NOW + timedelta(minutes=minutes)
        an_offer(book, price, lots, now=at)
        a_buy(buyer, book, price, lots, now=at)
        drained(book, now=at)
    return book


def _stored() -> list[tuple[object, ...]]:
    names = [field.name for field in Candle._meta.fields if field.name != "id"]
    return sorted(Candle.objects.values_list(*names), key=lambda row: (row[1], row[2]))


def test_candles_follow_trades_a_few_at_a_time_and_equal_a_rebuild(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    book = traded(*TRADES)
    monkeypatch.setattr(candles, "TRADES_AT_ONCE", 2)
    seen = [follow_trades(book_id=book.pk).trades for _ in range(4)]
    assert seen == [2, 4, 5, 5]
    day = Candle.objects.filter(span="1d").earliest("starts_at")
    assert (day.open_coins, day.high_coins, day.low_coins, day.close_coins) == (60, 63, 58, 61)
    assert (day.lots, day.turnover_coins, day.trades) == (7, 120 + 63 + 174 + 61, 4)
    assert [Candle.objects.filter(span=span).count() for span in ("1m", "1h", "1d")] == [4, 3, 2]
    stored = _stored()
    assert rebuild_candles(book_id=book.pk).trades == 5
    assert _stored() == stored


def test_the_proof_finds_a_wrong_candle_and_the_command_mends_it() -> None:
    book = traded(*TRADES)
    (proof,) = PROOFS
    assert proof.examine is not None
    assert proof.examine() == (0, 0, None)
    follow_trades(book_id=book.pk)
    assert proof.examine() == (9, 0, None)
    Candle.objects.filter(span="1d", lots=7).update(lots=8)
    Candle.objects.filter(span="1m").earliest("starts_at").delete()
    compared, differences, first = proof.examine()
    assert (compared, differences) == (9, 2)
    assert first == "CT 2026-11: the candle 1d of 2026-11-16 00:00:00"
    call_command("exchange_candles", "CT-2026-11", stdout=StringIO())
    assert proof.examine() == (9, 0, None)


def test_what_was_undone_leaves_the_candles() -> None:
    book = traded((60, 2, 0), (63, 1, 0), (50, 1, 60))
    follow_trades(book_id=book.pk)
    first, _second, alone = Trade.objects.order_by("number")
    made = propose_bust(
        trades=[first, alone], reason=WHY, by=controller(), key=book.pk, now=alone.traded_at
    )
    approve_proposal(proposal=made.pk, by=controller(), now=alone.traded_at)
    assert follow_trades(book_id=book.pk).busts == 2
    hour = Candle.objects.get(span="1h")  # the other had the one trade
    assert (hour.open_coins, hour.low_coins, hour.lots, hour.trades) == (63, 63, 1, 1)
    assert Candle.objects.get(span="1d").high_coins == 63
    stored = _stored()
    rebuild_candles(book_id=book.pk)
    assert _stored() == stored
    shown = snapshot_now(book, now=alone.traded_at)
    assert [trade.price_coins for trade in shown.trades] == [63]
    assert shown.ticker.lots == 1


def test_the_last_day_is_24_hours_to_the_minute() -> None:
    book = traded(*TRADES)
    follow_trades(book_id=book.pk)
    at = NOW + timedelta(minutes=60 * 24 + 10)  # the first two are past, the last to come
    ticker = snapshot_now(book, now=at).ticker
    assert (ticker.open_coins, ticker.high_coins, ticker.low_coins) == (58, 61, 58)
    assert (ticker.lots, ticker.turnover_coins, ticker.trades) == (4, 235, 2)
    assert ticker.last_coins == 59  # the books' last trade, whenever
    empty = snapshot_now(book, now=NOW + timedelta(days=9)).ticker
    assert (empty.open_coins, empty.change_coins, empty.lots) == (None, None, 0)


def test_a_picture_is_numbered_once_and_a_late_one_is_dropped() -> None:
    book = traded((60, 2, 0))
    first = draw_picture(book=book, now=NOW)
    assert first is not None
    assert draw_picture(book=book, now=NOW) == first
    later = draw_picture(book=book, now=NOW + timedelta(minutes=1))
    assert later is not None
    assert later.version == first.version + 1
    assert draw_picture(book=book, now=NOW) is None
    assert Tape.objects.get(pk=book.pk).version == later.version


def test_a_picture_says_what_the_snapshot_says(now: datetime) -> None:
    book = traded(*TRADES)
    an_offer(book, 70, 2)
    drained(book)
    follow_trades(book_id=book.pk)
    for at in (now, timezone.now()):
        shown = snapshot_now(book, now=at)
        assert shown.asks
        assert snapshot_in(picture_of(shown)) == shown
