"""Worlds of a month's last call: bought under way, what carriers answer, closes after it."""

from datetime import datetime, timedelta

from exchange.orders.models import Book, Order
from exchange.orders.operations import advance_book
from ledger.rules import SHANGHAI
from tests.carrying import carriers_answer
from tests.given import a_book, a_trader
from tests.given_market import a_buy, an_offer, drained
from tests.wallet.convert.world import broken_proofs, reachable
from wallet.carriers.adaptors.contract import Outcome
from wallet.convert.models import DataDelivery
from wallet.convert.operations import settle_data_deliveries
from wallet.holders.models import Holder

CALL = datetime(2026, 11, 30, 18, 0, tzinfo=SHANGHAI)
UNCROSS = datetime(2026, 11, 30, 20, 0, tzinfo=SHANGHAI)
AFTER = datetime(2026, 12, 1, 0, 15, tzinfo=SHANGHAI)
BOUGHT, NEXT = "DATA-CT-2026-11", "DATA-CT-2026-12"


def bought_in_the_last_call() -> tuple[Holder, DataDelivery]:
    """Return who bought 200 and 300 MB in the uncross, and the delivery of the 300."""
    reachable("CT")
    book, buyer = a_book(), a_trader(coins=1_000)
    early = a_buy(buyer, book, 50, 2)  # waits since before the call, without a word of a number
    drained(book)
    _at(book, CALL)
    called = Book.objects.get(pk=book.pk)
    a_buy(buyer, called, 50, 3, now=CALL + timedelta(minutes=30))
    an_offer(called, 40, 5, now=CALL + timedelta(minutes=30))
    _at(called, UNCROSS)
    early.refresh_from_db()
    assert early.state == Order.State.FILLED
    rows = list(DataDelivery.objects.order_by("mb"))
    assert [row.mb for row in rows] == [200, 300]
    return buyer, rows[1]


def _at(book: Book, now: datetime) -> None:
    advance_book(book=book, now=now)
    drained(book, now=now)


def answered(*, at: datetime, outcome: Outcome = Outcome.DELIVERED) -> None:
    """Have the carriers answer all that is under way, book it, and prove the books."""
    carriers_answer(now=at, outcome=outcome)
    settle_data_deliveries(now=at)
    assert broken_proofs() == []
