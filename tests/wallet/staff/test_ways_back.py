"""A bare reversal is proposed only where no row of an app stands behind what it reverses."""

import uuid
from collections.abc import Callable

import pytest
from django.utils import translation

from ledger.adjustments.models import Proposal
from ledger.adjustments.refusals import OwnWayBack
from ledger.adjustments.sentences import said
from ledger.models import Transaction, TransactionKind
from ledger.registry import ways_back
from tests import given
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


def test_every_kind_says_how_it_is_undone_or_may_be_reversed() -> None:
    kinds = set(TransactionKind.objects.values_list("name", flat=True))
    assert kinds == REVERSIBLE | set(ways_back())
    assert REVERSIBLE & set(ways_back()) == set()


@pytest.mark.parametrize(
    ("made", "words"),
    [(a_gift, "Its sender cancels it"), (a_red_packet, "nobody opened")],
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
