"""A trade is undone while its book's writer works: one waits for the other, never both."""

import uuid

import pytest
from django.db import transaction

from exchange.orders.models import Book, Order, Trade
from exchange.orders.operations import propose_bust
from ledger.adjustments.operations import approve_proposal
from tests.given import NOW, a_book, a_trader
from tests.given_market import a_buy, an_offer, drained
from tests.ledger.adjustments.world import WHY, controller
from tests.races.threads import in_thread
from tests.waiting import WAIT_SECONDS_MAX, in_line

pytestmark = pytest.mark.own_database


def test_a_bust_waits_for_a_batch_that_writes_its_orders_in_any_order() -> None:
    book = a_book()
    an_offer(book, 60, 1)
    a_buy(a_trader(coins=1_000), book, 60, 1)
    drained(book)
    trade = Trade.objects.get()
    made = propose_bust(trades=[trade], reason=WHY, by=controller(), key=uuid.uuid4(), now=NOW)
    other = controller()
    with transaction.atomic():
        # A batch has its book, and an order; of orders that have ended it writes what lay beside.
        Book.objects.filter(pk=book.pk).update(phase=book.phase)
        first, last = sorted((trade.buy_id, trade.sell_id))
        Order.objects.filter(pk=last).update(reason="")
        approved = in_thread(lambda: approve_proposal(proposal=made.pk, by=other, now=NOW))
        in_line(1)
        Order.objects.filter(pk=first).update(reason="")
    approved.result(timeout=WAIT_SECONDS_MAX)
    assert Trade.objects.get().busted_at == NOW
    assert drained(book).cursor == 4
