"""A book's log is looked at once, wherever the look is cut, and what is found waits as an alert."""

import uuid
from datetime import timedelta
from unittest.mock import patch

import pytest

from exchange.orders.models import Event, Trade
from exchange.orders.operations import cancel_orders, replace_order
from exchange.surveillance.models import Alert, Watch
from exchange.surveillance.operations import dismiss_alert, watch_book, watching
from exchange.surveillance.queries import figures, links_among, stretch_of, terms_of
from exchange.surveillance.rules import Placed, Replaced, Traded, Withdrawn
from exchange.surveillance.tasks import watch_books
from tests.given import NOW, a_book, a_gift, a_holder, a_number, a_trader, an_order
from tests.given_market import drained
from tests.given_surveillance import a_seller, layered, offered, raised, swapped, washed
from wallet.contacts.models import Contact
from wallet.gift.operations import claim_gift
from wallet.holders.models import NumberEvent

pytestmark = pytest.mark.django_db


def test_a_washing_pair_is_raised_once_with_its_evidence() -> None:
    book = a_book()
    pair = washed(book)
    [alert] = raised(book)
    assert (alert.kind, alert.state, alert.findings) == ("wash", "open", 1)
    assert set(alert.holders.all()) == set(pair)
    [evidence] = alert.evidence
    trades = Trade.objects.filter(book=book).order_by("number")
    assert evidence["trades"] == list(trades.values_list("number", flat=True))
    assert evidence["why"]["rounds"] == 2
    assert set(evidence["events"]) == set(trades.values_list("event_number", flat=True))
    book.refresh_from_db()
    assert alert.through_number == book.cursor
    watch = Watch.objects.get(book=book)
    assert (watch.cursor, watch.trades, watch.orders) == (book.cursor, 4, 8)
    assert raised(book) == [alert]
    assert figures().per_10k == "1250.00"


def test_cut_at_every_event_the_same_is_raised() -> None:
    book = a_book()
    washed(book)
    layered(book)
    with patch.object(watching, "EVENTS_MAX", 1):
        alerts = raised(book)
    assert sorted(alert.kind for alert in alerts) == ["layering", "wash"]
    said = [(one.kind, one.subject, one.evidence, one.through_number) for one in alerts]
    Alert.objects.all().delete()
    Watch.objects.all().delete()
    whole = [(one.kind, one.subject, one.evidence, one.through_number) for one in raised(book)]
    assert sorted(said, key=str) == sorted(whole, key=str)


def test_what_is_found_again_joins_the_alert_that_waits_and_not_one_decided_on() -> None:
    book = a_book()
    pair = washed(book)
    [alert] = raised(book)
    for _ in range(2):
        swapped(book, *pair, now=NOW)
        swapped(book, *reversed(pair), now=NOW)
    drained(book)
    [alert] = raised(book)
    assert alert.findings == 2
    assert not set(alert.evidence[0]["trades"]) & set(alert.evidence[1]["trades"])
    dismiss_alert(alert=alert, reason="They are market makers.", by="admin/1", now=NOW)
    assert len(raised(book)) == 1
    for _ in range(2):
        swapped(book, *pair, now=NOW)
        swapped(book, *reversed(pair), now=NOW)
    drained(book)
    assert sorted(one.state for one in raised(book)) == ["dismissed", "open"]


def test_the_log_is_read_as_it_happened() -> None:
    book, maker = a_book(), a_seller()
    first = offered(maker, book, 60, 2, now=NOW)
    second = an_order(maker, book, "B", 40, 2)
    later = NOW + timedelta(seconds=5)
    an_order(a_trader(coins=500), book, "B", 60, 1, now=later)
    drained(book, now=later)
    first.refresh_from_db()
    replace_order(holder=maker, order=first, price_coins=61, lots=1, key=uuid.uuid4(), now=later)
    drained(book, now=later)
    an_order(maker, book, "B", 90, 1, time_in_force="POST", now=later)
    cancel_orders(holder=maker, key=uuid.uuid4(), now=later)
    drained(book, now=later)
    book.refresh_from_db()
    terms = terms_of(book, now=NOW)
    stretch = stretch_of(book, watch=Watch(book=book), until=book.cursor, terms=terms)
    kinds = [type(fact) for fact in stretch.facts]
    # What was refused (a post-only that would trade) is no order, and cancelled is what rested.
    assert kinds == [Placed, Placed, Placed, Traded, Replaced, Withdrawn, Withdrawn]
    trade = stretch.facts[3]
    assert isinstance(trade, Traded)
    assert (trade.sell.order, trade.price, trade.lots, trade.taker) == (first.pk, 60, 1, "B")
    gone = {fact.order for fact in stretch.facts if isinstance(fact, Withdrawn)}
    assert gone == {first.pk, second.pk}
    assert stretch.placed == Event.objects.filter(book=book, kind="place").count() == 4
    assert terms.band_coins == book.price_max - book.price_min


def test_only_as_much_of_the_log_is_read_again_as_can_matter() -> None:
    book = a_book()
    washed(book, rounds=1)
    raised(book)
    much_later = NOW + timedelta(days=3)
    an_order(a_trader(coins=500), book, "B", 50, 1, now=much_later)
    drained(book, now=much_later)
    book.refresh_from_db()
    watch = Watch.objects.get(book=book)
    terms = terms_of(book, now=NOW)
    stretch = stretch_of(book, watch=watch, until=book.cursor, terms=terms)
    assert [type(fact) for fact in stretch.facts] == [Placed]


def test_those_who_know_each_other_are_found_by_gift_number_and_contact() -> None:
    ann, ben, cat, dan = (a_holder() for _ in range(4))
    claim_gift(gift=a_gift(sender=a_holder(coins=50)), claimer=ann, now=NOW)
    everybody = {ann.pk, ben.pk, cat.pk, dan.pk}
    assert links_among(everybody) == frozenset()
    giver = a_holder(coins=50)
    claim_gift(gift=a_gift(sender=giver), claimer=ann, now=NOW)
    Contact.objects.create(owner=ben, name="猫", msisdn=cat.numbers.get().msisdn, added_at=NOW)
    number = a_number(dan)
    for holder in (dan, giver):
        NumberEvent.objects.create(number=number, holder=holder, kind="added", by="test", at=NOW)
    assert links_among({*everybody, giver.pk}) == {
        frozenset((ann.pk, giver.pk)),
        frozenset((ben.pk, cat.pk)),
        frozenset((dan.pk, giver.pk)),
    }


def test_friends_are_raised_after_one_round() -> None:
    book = a_book()
    ann, ben = washed(book, rounds=1)
    assert raised(book) == []
    claim_gift(gift=a_gift(sender=ann, coins=1), claimer=ben, now=NOW)
    swapped(book, ann, ben, now=NOW)
    swapped(book, ben, ann, now=NOW)
    drained(book)
    assert [one.kind for one in raised(book)] == ["wash"]


def test_the_task_looks_at_every_book_that_has_something_new() -> None:
    one, other = a_book("CT"), a_book("CM")
    washed(one)
    assert watch_books() == 8
    assert Alert.objects.get().book == one
    assert watch_books() == 0
    assert watch_book(book_id=other.pk, now=NOW) == 0
