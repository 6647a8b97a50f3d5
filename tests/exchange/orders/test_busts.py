"""Undoing trades: by two persons, while the data is held and the month is open; nothing is lost."""

import uuid
from datetime import timedelta

import pytest

from exchange.matching.operations import verify_book
from exchange.orders.models import Book, Event, Trade
from exchange.orders.operations import BoughtDataGone, TradeBusted, TradeSettled, propose_bust
from exchange.orders.queries import events_of
from exchange.settlement.operations import close_books
from ledger.adjustments.models import Proposal
from ledger.adjustments.operations import approve_proposal
from ledger.adjustments.refusals import OwnProposal
from ledger.adjustments.rules import Person
from ledger.queries import amount_at, coins_in
from tests.exchange.proofs import assert_market_is_clean
from tests.given import MONTH, NOW, PACKAGE, a_book, a_trader
from tests.given_market import a_buy, again, an_offer, drained
from tests.ledger.adjustments.world import WHY, controller
from wallet.gift.operations import send_gift
from wallet.holders.models import Holder, Notice

pytestmark = pytest.mark.django_db
GOODS = "SURPLUS-CT-2026-11"


def _traded() -> tuple[Book, Holder, list[Trade]]:
    """Return a buyer who paid 60 and 61 a lot under a limit of 65, three lots, two still open."""
    book, buyer = a_book(), a_trader(coins=1_000)
    an_offer(book, 60, 2)
    an_offer(book, 61, 1)
    a_buy(buyer, book, 65, 5)
    drained(book)
    return book, buyer, list(Trade.objects.order_by("number"))


def _proposed(*trades: Trade, by: Person | None = None) -> Proposal:
    return propose_bust(trades=trades, reason=WHY, by=by or controller(), key=uuid.uuid4(), now=NOW)


def test_two_persons_undo_trades_and_everybody_has_what_was_his() -> None:
    book, buyer, trades = _traded()
    made = _proposed(*trades)
    assert_market_is_clean()
    approve_proposal(proposal=made.pk, by=controller(), now=NOW)
    assert_market_is_clean()
    assert Trade.objects.filter(busted_at=NOW).count() == 2
    drained(book)
    assert_market_is_clean()
    assert verify_book(book.pk).shown == []
    for trade in trades:
        sell = again(trade.sell)
        line = f"line/{sell.number_id}/{PACKAGE}"
        assert amount_at(line, GOODS) == trade.lots * 100
        assert coins_in(f"holder/{sell.holder_id}/proceeds/2026-11") == 0
    assert amount_at(f"holder/{buyer.pk}/main", "DATA-CT-2026-11") == 0
    # Two lots at 65 stay open, with their cover.
    assert coins_in(f"holder/{buyer.pk}/main") == 1_000 - coins_in(f"order/{trades[0].buy_id}")
    assert close_books(month=MONTH, now=NOW + timedelta(days=15)) == []
    assert coins_in(f"holder/{buyer.pk}/main") == 1_000
    assert_market_is_clean()
    bought = trades[0].buy
    about = [event.kind for event in events_of(bought).order_by("id")]
    assert about == ["place", "bust", "bust"]
    assert {*events_of(bought)} == {*Event.objects.filter(order=bought)}


def test_one_person_alone_undoes_nothing() -> None:
    _book, _buyer, trades = _traded()
    one = controller()
    made = _proposed(trades[0], by=one)
    with pytest.raises(OwnProposal):
        approve_proposal(proposal=made.pk, by=one, now=NOW)
    assert not Trade.objects.exclude(busted_at=None).exists()


def test_a_trade_is_undone_once() -> None:
    _book, _buyer, trades = _traded()
    made, other = _proposed(trades[0]), _proposed(trades[1])
    approve_proposal(proposal=made.pk, by=controller(), now=NOW)
    with pytest.raises(TradeBusted):
        _proposed(*Trade.objects.order_by("number"))
    approve_proposal(proposal=other.pk, by=controller(), now=NOW)


def test_not_once_the_data_is_given_away_even_after_it_was_proposed() -> None:
    _book, buyer, trades = _traded()
    made = _proposed(*trades)
    given = {"asset": "DATA-CT-2026-11", "amount": 200, "key": uuid.uuid4(), "now": NOW}
    send_gift(sender=buyer, **given)  # type: ignore[arg-type]
    with pytest.raises(BoughtDataGone):
        _proposed(trades[0])
    with pytest.raises(BoughtDataGone):
        approve_proposal(proposal=made.pk, by=controller(), now=NOW)


def test_not_what_was_delivered_at_once() -> None:
    book, buyer = a_book(), a_trader(coins=1_000)
    an_offer(book, 60, 4)
    a_buy(buyer, book, 65, 2, deliver_at_once=True)
    a_buy(buyer, book, 65, 2)  # as much again, kept: that is another trade's
    drained(book)
    delivered, kept = Trade.objects.order_by("number")
    with pytest.raises(BoughtDataGone):
        _proposed(delivered)
    _proposed(kept)


def test_not_after_the_month() -> None:
    _book, _buyer, trades = _traded()
    with pytest.raises(TradeSettled):
        propose_bust(
            trades=trades,
            reason=WHY,
            by=controller(),
            key=uuid.uuid4(),
            now=NOW + timedelta(days=15),
        )


def test_both_sides_are_told_of_every_trade_and_neither_who_the_other_was() -> None:
    _book, buyer, trades = _traded()
    made = _proposed(*trades)
    assert not Notice.objects.filter(kind__startswith="trade_bust").exists()
    approve_proposal(proposal=made.pk, by=controller(), now=NOW)
    told = Notice.objects.filter(kind__startswith="trade_bust").order_by("id")
    said = {(notice.kind, notice.holder_id, notice.subject_id): notice.facts for notice in told}
    facts = [{"lots": 2, "price_coins": 60}, {"lots": 1, "price_coins": 61}]
    for trade, fact in zip(trades, facts, strict=True):
        assert said.pop(("trade_bust_buyer", buyer.pk, trade.pk)) == fact
        assert said.pop(("trade_bust_seller", trade.sell.holder_id, trade.pk)) == fact
    assert said == {}
