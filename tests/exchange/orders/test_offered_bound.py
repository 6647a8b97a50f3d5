"""Whatever is placed, changed, cancelled, traded and bust: no number offers more than its bound."""

import uuid
from collections.abc import Callable
from contextlib import suppress
from random import Random

import pytest

from exchange.orders.models import Book, Order, Trade
from exchange.orders.operations import Line, cancel_order, propose_bust, replace_order
from exchange.orders.proofs import PROOFS
from exchange.orders.queries import LIVE, sale_of
from ledger.adjustments.operations import approve_proposal
from ledger.proofs.queries import finding_of
from ledger.refusals import Refusal
from tests.given import NOW, a_book, a_line, a_trader, an_order
from tests.given_market import a_buy, drained
from tests.ledger.adjustments.world import WHY, controller
from wallet.holders.models import Holder

pytestmark = pytest.mark.django_db
(PROOF,) = (one for one in PROOFS if one.name == "offers_within_their_bound")
STEPS = 50
CAP_MB = 10_240  # as seeded
MOST_LOTS = 20


class Market:
    """A book in which one number is sold by whatever may happen to its orders."""

    def __init__(self, *, dice: Random) -> None:
        self.dice = dice
        self.seller: Holder = a_trader()
        self.buyer: Holder = a_trader(coins=1_000_000)
        self.book: Book = a_book()
        self.line: Line = a_line(self.seller, surplus_mb=40_000, allowance_mb=100_000)

    def sell(self) -> None:
        lots = self.dice.randint(1, MOST_LOTS)
        an_order(self.seller, self.book, "S", self._price(), lots, line=self.line)

    def buy(self) -> None:
        a_buy(self.buyer, self.book, self._price(), self.dice.randint(1, 6))

    def cancel(self) -> None:
        for order in self._any_live():
            cancel_order(holder=self.seller, order=order, key=uuid.uuid4(), now=NOW)

    def replace(self) -> None:
        lots = self.dice.randint(1, MOST_LOTS)
        for order in self._any_live():
            replace_order(
                holder=self.seller,
                order=order,
                price_coins=self._price(),
                lots=lots,
                key=uuid.uuid4(),
                now=NOW,
            )

    def drain(self) -> None:
        self.book = drained(self.book)

    def bust(self) -> None:
        for trade in Trade.objects.order_by("number")[:1]:
            asked = propose_bust(
                trades=[trade], reason=WHY, by=controller(), key=uuid.uuid4(), now=NOW
            )
            approve_proposal(proposal=asked.pk, by=controller(), now=NOW)

    def check(self) -> None:
        """Hold the number's bound, unless it is unknown, to what the number offers."""
        orders = Order.objects.filter(number=self.line.number, book=self.book)
        counted = [one.offered_mb_max for one in orders if one.offered_mb_max is not None]
        if orders:
            offered_mb = sale_of(orders[0], mb=0, now=NOW).offered_mb
            assert offered_mb <= CAP_MB
            assert len(counted) < len(orders) or offered_mb <= max(counted)
        assert finding_of(PROOF).is_clean

    def _price(self) -> int:
        return self.dice.randint(40, 60)

    def _any_live(self) -> list[Order]:
        live = list(Order.objects.filter(holder=self.seller, state__in=LIVE))
        return self.dice.sample(live, k=min(len(live), 1))


@pytest.mark.parametrize("seed", [1, 2])
def test_no_number_offers_more_than_its_orders_bear(seed: int) -> None:
    dice = Random(seed)
    market = Market(dice=dice)
    acts: list[Callable[[], None]] = [
        *(market.sell, market.sell, market.replace, market.replace),
        *(market.buy, market.cancel, market.drain),
    ]
    for _ in range(STEPS):
        with suppress(Refusal):
            dice.choice(acts)()
        market.check()
    market.drain()
    market.bust()  # nobody counted: from here on all is summed
    for _ in range(5):
        with suppress(Refusal):
            market.sell()
        market.check()


def test_a_bound_below_what_is_offered_is_found() -> None:
    book, seller = a_book(), a_trader()
    line = a_line(seller, surplus_mb=5_000, allowance_mb=100_000)
    first, last = (an_order(seller, book, "S", 90, lots, line=line) for lots in (3, 4))
    another = a_trader()
    an_order(another, book, "S", 90, 9, line=a_line(another, surplus_mb=900))
    assert (finding_of(PROOF).examined, finding_of(PROOF).first_broken) == (2, "")
    Order.objects.filter(pk=last.pk).update(offered_mb_max=699)
    found = finding_of(PROOF)
    assert (found.broken, found.first_broken) == (
        1,
        f"number {line.number.pk} in book {book.pk}: 700 MB offered, its orders count 699",
    )
    Order.objects.filter(pk=first.pk).update(offered_mb_max=None)  # all is summed now
    assert (finding_of(PROOF).examined, finding_of(PROOF).broken) == (1, 0)


def test_what_was_bust_is_not_offered_once_it_is_given_back() -> None:
    market = Market(dice=Random(3))
    an_order(market.seller, market.book, "S", 50, 4, line=market.line)
    a_buy(market.buyer, market.book, 50, 4)
    market.drain()
    market.bust()
    sold = Order.objects.filter(number=market.line.number)
    sold.update(offered_mb_max=399)
    assert finding_of(PROOF).broken == 1  # it lies beside the order until that has its turn
    market.drain()
    sold.update(offered_mb_max=0)
    assert (finding_of(PROOF).examined, finding_of(PROOF).broken) == (1, 0)
    sold.update(offered_mb_max=-1)
    assert finding_of(PROOF).broken == 1
