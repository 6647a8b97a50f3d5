"""A trade, and its undoing, is not reversed by hand: an order stands behind it."""

import uuid

import pytest
from django.utils import translation

from exchange.orders.models import Trade
from exchange.orders.operations import propose_bust
from ledger.adjustments.models import Proposal
from ledger.adjustments.operations import approve_proposal
from ledger.adjustments.refusals import OwnWayBack
from ledger.adjustments.sentences import said
from ledger.models import Transaction
from ledger.rules import derived_id
from tests import given
from tests.given_market import a_buy, an_offer, drained
from tests.ledger.adjustments.world import a_reversal, controller

pytestmark = pytest.mark.django_db


def a_trade() -> uuid.UUID:
    book, buyer = given.a_book(), given.a_trader(coins=1_000)
    an_offer(book, 60, 1)
    a_buy(buyer, book, 60, 1)
    drained(book)
    return Transaction.objects.get(kind="trade").pk


def test_a_trade_is_undone_on_its_own_page() -> None:
    trade = a_trade()
    with pytest.raises(OwnWayBack) as refused:
        a_reversal(trade, by=controller(), at=given.NOW)
    with translation.override("en"):
        assert "own page" in said(refused.value)
    assert not Proposal.objects.exists()


def test_the_undoing_of_a_trade_is_not_reversed_either() -> None:
    trade = Trade.objects.get(pk=a_trade())
    bust = propose_bust(
        trades=[trade],
        reason="They told us it was a slip.",
        by=controller(),
        key=uuid.uuid4(),
        now=given.NOW,
    )
    approve_proposal(proposal=bust.pk, by=controller(), now=given.NOW)
    undone = Transaction.objects.get(reverses=trade.pk)
    assert undone.pk == derived_id(trade.pk, "reversal")
    with pytest.raises(OwnWayBack):
        a_reversal(undone.pk, by=controller(), at=given.NOW)
