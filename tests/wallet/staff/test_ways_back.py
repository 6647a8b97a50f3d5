"""A bare reversal is proposed only where no row of an app stands behind what it reverses."""

import uuid
from collections.abc import Callable

import pytest
from django.utils import translation

from exchange.orders.models import Trade
from exchange.orders.operations import propose_bust
from ledger.adjustments.models import Proposal
from ledger.adjustments.operations import approve_proposal
from ledger.adjustments.refusals import OwnWayBack
from ledger.adjustments.sentences import said
from ledger.models import Transaction, TransactionKind
from ledger.registry import ways_back
from ledger.rules import derived_id
from tests import given
from tests.given_market import a_buy, an_offer, drained
from tests.given_packets import a_packet
from tests.ledger.adjustments.world import a_reversal, controller

pytestmark = pytest.mark.django_db
# Nothing but coins and budgets stands behind these: their proofs allow for a reversal beside them.
REVERSIBLE = {
    "adjustment",
    "campaign_funding",
    "correction",
    "merchant_code",
    "merchant_funding",
    "purchase_order",
    "reversal",
}


def a_gift() -> uuid.UUID:
    given.a_gift()
    return Transaction.objects.get(kind="gift_send").pk


def a_red_packet() -> uuid.UUID:
    a_packet()
    return Transaction.objects.get(kind="packet_send").pk


def a_trade() -> uuid.UUID:
    book, buyer = given.a_book(), given.a_trader(coins=1_000)
    an_offer(book, 60, 1)
    a_buy(buyer, book, 60, 1)
    drained(book)
    return Transaction.objects.get(kind="trade").pk


def test_every_kind_says_how_it_is_undone_or_may_be_reversed() -> None:
    kinds = set(TransactionKind.objects.values_list("name", flat=True))
    assert kinds == REVERSIBLE | set(ways_back())
    assert REVERSIBLE & set(ways_back()) == set()


@pytest.mark.parametrize(
    ("made", "words"),
    [(a_gift, "Its sender cancels it"), (a_red_packet, "nobody opened"), (a_trade, "own page")],
)
def test_what_has_its_own_way_back_is_not_reversed(
    made: Callable[[], uuid.UUID], words: str
) -> None:
    transaction = made()
    with pytest.raises(OwnWayBack) as refused:
        a_reversal(transaction, by=controller(), at=given.NOW)
    with translation.override("en"):
        assert words in said(refused.value)
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
