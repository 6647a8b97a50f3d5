"""Two that follow one book's trades at the same moment: no trade counts twice, none is left out."""

import os
import signal
from multiprocessing import get_context
from multiprocessing.process import BaseProcess

import psycopg
import pytest
from django.db import transaction

from exchange.market import tasks
from exchange.market.models import Candle, Tape
from exchange.market.operations import candles, follow_trades
from exchange.market.operations.candles import held_tape
from exchange.market.proofs import PROOFS
from exchange.orders.models import Book
from tests import servers
from tests.exchange.market.listening import listening
from tests.exchange.market.test_candles import TRADES, traded
from tests.forks import leave_no_connection
from tests.given import NOW
from tests.races.threads import in_thread
from tests.waiting import WAIT_SECONDS_MAX, in_line

pytestmark = pytest.mark.own_database


@pytest.mark.parametrize("followed_before", [0, 1])
def test_of_two_followers_the_second_goes_on_where_the_first_stopped(
    monkeypatch: pytest.MonkeyPatch, followed_before: int
) -> None:
    book = traded(*TRADES)
    monkeypatch.setattr(candles, "TRADES_AT_ONCE", 1)
    for _ in range(followed_before):
        follow_trades(book_id=book.pk)
    monkeypatch.setattr(candles, "TRADES_AT_ONCE", 2)
    with transaction.atomic():
        held_tape(book_id=book.pk)
        # On another connection; without the tape's lock it would begin where the first begins.
        second = in_thread(lambda: follow_trades(book_id=book.pk))
        in_line(1)
        first = follow_trades(book_id=book.pk)
    assert first.trades == followed_before + 2
    assert second.result(timeout=WAIT_SECONDS_MAX).trades == followed_before + 4
    follow_trades(book_id=book.pk)
    _assert_followed_once(book)


@pytest.mark.parametrize("is_killed", [False, True])
def test_two_processes_tell_of_a_trade_once_though_one_is_killed_amid_it(
    own_database: str, monkeypatch: pytest.MonkeyPatch, is_killed: bool
) -> None:
    book = traded(*TRADES)
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)
    monkeypatch.setattr(candles, "TRADES_AT_ONCE", 2)
    follow_trades(book_id=book.pk)
    monkeypatch.setattr(candles, "TRADES_AT_ONCE", 100)
    with listening(book) as told, psycopg.connect(servers.server_url(database=own_database)) as us:
        # Reached when the candles of the minutes and hours are written, and nothing is committed.
        us.execute("SELECT FROM public.exchange_candle WHERE span = '1d' FOR UPDATE")
        first = _process(book)
        in_line(1)
        second = _process(book)
        in_line(2)
        if is_killed:
            assert first.pid is not None
            os.kill(first.pid, signal.SIGKILL)
        us.rollback()
        first.join()
        second.join()
        assert (first.exitcode, second.exitcode) == (-signal.SIGKILL if is_killed else 0, 0)
        assert told.versions() == [1]
    _assert_followed_once(book)


def _process(book: Book) -> BaseProcess:
    """Begin to tell of a book in a process of its own."""
    leave_no_connection()
    begun = get_context("fork").Process(target=tasks.tell_book, args=(str(book.pk),))
    begun.start()
    return begun


def _assert_followed_once(book: Book) -> None:
    assert Tape.objects.get(pk=book.pk).trades == len(TRADES)
    days = Candle.objects.filter(span="1d").values_list("lots", "turnover_coins", "trades")
    assert sum(lots for lots, _, _ in days) == sum(lots for _, lots, _ in TRADES)
    assert sum(coins for _, coins, _ in days) == sum(price * lots for price, lots, _ in TRADES)
    assert sum(count for _, _, count in days) == len(TRADES)
    (proof,) = PROOFS
    assert proof.examine is not None
    assert proof.examine() == (9, 0, None)
