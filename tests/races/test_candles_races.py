"""Two that follow one book's trades at the same moment: no trade counts twice, none is left out."""

import pytest
from django.db import transaction

from exchange.market.models import Candle, Tape
from exchange.market.operations import candles, follow_trades
from exchange.market.operations.candles import held_tape
from exchange.market.proofs import PROOFS
from tests.exchange.market.test_candles import TRADES, traded
from tests.races.test_people_races import in_line
from tests.races.threads import in_thread

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
    assert second.result(timeout=20).trades == followed_before + 4
    follow_trades(book_id=book.pk)
    assert Tape.objects.get(pk=book.pk).trades == len(TRADES)
    days = Candle.objects.filter(span="1d").values_list("lots", "turnover_coins", "trades")
    assert sum(lots for lots, _, _ in days) == sum(lots for _, lots, _ in TRADES)
    assert sum(coins for _, coins, _ in days) == sum(price * lots for price, lots, _ in TRADES)
    assert sum(count for _, _, count in days) == len(TRADES)
    (proof,) = PROOFS
    assert proof.examine is not None
    assert proof.examine() == (9, 0, None)
