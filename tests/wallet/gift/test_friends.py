"""Gifts for one friend: a contact, whoever claimed before, whoever gave before; who gave whom."""

from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction

from ledger.proofs.queries import findings
from ledger.queries import coins_in
from ledger.refusals import KeyReused
from tests import given
from tests.given_gifts import a_claimed_gift, a_contact
from wallet.contacts.queries import names_by_number
from wallet.gift.models import Gift
from wallet.gift.operations import (
    GiftLocked,
    NoOtherSide,
    claim_gift,
    hold_gift,
    send_gift,
)
from wallet.gift.queries import (
    claimer_words,
    gifts_waiting_for,
    meant_words,
    recipient_in,
    relations_of,
    sender_words,
)
from wallet.holders.models import Holder
from wallet.holders.queries import inbox_of, main_of
from wallet.holders.rules import UnknownId, opaque_id

pytestmark = pytest.mark.django_db


@pytest.fixture
def giver() -> Holder:
    return given.a_holder(coins=100)


@pytest.fixture
def friend() -> Holder:
    return given.a_holder()


def given_to(sender: Holder, friend_of: Gift, *, now: datetime, coins: int = 10) -> Gift:
    return send_gift(sender=sender, amount=coins, friend_of=friend_of, key=uuid4(), now=now)


def test_a_contact_is_meant_by_its_number(giver: Holder, friend: Holder, now: datetime) -> None:
    contact = a_contact(giver, friend)
    meant = recipient_in(opaque_id("ctc", contact.pk), holder=giver)
    assert (meant.locked_to, meant.friend_of) == (friend.numbers.get().msisdn, None)
    with pytest.raises(UnknownId):
        recipient_in(opaque_id("ctc", contact.pk), holder=friend)
    gift = send_gift(sender=giver, amount=10, locked_to=meant.locked_to, key=uuid4(), now=now)
    with pytest.raises(GiftLocked):
        claim_gift(gift=gift, claimer=given.a_holder(), now=now)
    assert list(gifts_waiting_for(friend, now=now)) == [gift]
    assert [notice.kind for notice in inbox_of(friend)] == ["gift_waiting"]
    claim_gift(gift=gift, claimer=friend, now=now)
    assert list(gifts_waiting_for(friend, now=now)) == []


def test_whoever_claimed_is_given_to_again_without_a_number(
    giver: Holder, friend: Holder, now: datetime
) -> None:
    before = a_claimed_gift(sender=giver, claimer=friend)
    gift = given_to(giver, before, now=now)
    assert (gift.for_holder, gift.locked_to, gift.in_return_for) == (friend, "", None)
    assert meant_words(gift) == str(friend.numbers.get())
    stranger = given.a_holder()
    with pytest.raises(GiftLocked):
        claim_gift(gift=gift, claimer=stranger, now=now)
    with pytest.raises(GiftLocked):
        hold_gift(gift=gift, msisdn=stranger.numbers.get().msisdn, now=now)
    hold_gift(gift=gift, msisdn=friend.numbers.get().msisdn, now=now)
    assert list(gifts_waiting_for(friend, now=now)) == [gift]
    assert list(gifts_waiting_for(friend, now=gift.expires_at)) == []
    claim_gift(gift=gift, claimer=friend, now=now)
    assert coins_in(main_of(friend)) == 60


def test_a_friend_gives_back_and_the_sender_is_told(giver: Holder, now: datetime) -> None:
    got = a_claimed_gift(coins=30, claimer=giver)
    back = given_to(giver, got, now=now)
    assert (back.for_holder, back.in_return_for) == (got.sender, got)
    kinds = [notice.kind for notice in inbox_of(got.sender)]
    assert sorted(kinds) == ["gift_claimed", "gift_given_back"]
    claim_gift(gift=back, claimer=got.sender, now=now)
    assert (coins_in(main_of(got.sender)), coins_in(main_of(giver))) == (10, 120)
    assert [found for found in findings() if not found.is_clean] == []


def test_a_gift_nobody_claimed_names_no_friend(giver: Holder, now: datetime) -> None:
    waiting = given.a_gift(sender=giver, coins=10)
    with pytest.raises(NoOtherSide):
        given_to(giver, waiting, now=now)
    theirs = a_claimed_gift()
    with pytest.raises(UnknownId):
        given_to(giver, theirs, now=now)
    with pytest.raises(UnknownId):
        recipient_in(opaque_id("gft", theirs.pk), holder=giver)
    assert coins_in(main_of(giver)) == 90


def test_the_same_key_for_another_friend_is_refused(giver: Holder, now: datetime) -> None:
    first, second = a_claimed_gift(sender=giver), a_claimed_gift(sender=giver)
    key = uuid4()
    gifts = [
        send_gift(sender=giver, amount=10, friend_of=first, key=key, now=now) for _ in range(2)
    ]
    assert gifts[0] == gifts[1]
    with pytest.raises(KeyReused):
        send_gift(sender=giver, amount=10, friend_of=second, key=key, now=now)


def test_a_gift_is_for_a_number_or_a_holder_never_both(giver: Holder, friend: Holder) -> None:
    gift = given.a_gift(sender=giver, locked_to="13800138000")
    with pytest.raises(IntegrityError), transaction.atomic():
        Gift.objects.filter(pk=gift.pk).update(for_holder=friend)


def test_nobody_is_told_of_a_gift_to_ones_own_number_or_to_none(
    giver: Holder, now: datetime
) -> None:
    own = giver.numbers.get().msisdn
    for locked_to in (own, given.an_msisdn(), ""):
        send_gift(sender=giver, amount=1, locked_to=locked_to, key=uuid4(), now=now)
    assert not inbox_of(giver).exists()
    assert not gifts_waiting_for(giver, now=now).exists()


def test_relations_count_claimed_gifts_both_ways(
    giver: Holder, friend: Holder, now: datetime
) -> None:
    other = given.a_holder()
    later = now + timedelta(hours=2)
    for moment in (now, later):
        last = a_claimed_gift(sender=giver, claimer=friend, now=moment)
    back = a_claimed_gift(sender=friend, claimer=giver, now=now)
    a_claimed_gift(sender=other, claimer=giver, now=now)
    given.a_gift(sender=giver, coins=10)
    a_contact(giver, friend)
    seen = [(one.name, one.given, one.received, one.last_at) for one in relations_of(giver)]
    assert seen == [("阿梅", 2, 1, later), (str(other.numbers.get()), 0, 1, now)]
    assert relations_of(giver)[0].gift == opaque_id("gft", last.pk)
    assert [one.name for one in relations_of(giver, limit=1)] == ["阿梅"]
    (theirs,) = relations_of(friend)
    assert (theirs.name, theirs.given, theirs.received) == (str(giver.numbers.get()), 1, 2)
    assert back.sender == friend
    assert relations_of(given.a_holder()) == []


def test_neither_side_learns_the_others_number(giver: Holder, friend: Holder) -> None:
    gift = a_claimed_gift(sender=giver, claimer=friend)
    for words, holder in ((claimer_words(gift), friend), (sender_words(gift), giver)):
        assert words == str(holder.numbers.get())
        assert "****" in words
    a_contact(giver, friend)
    assert claimer_words(gift, kept=names_by_number(giver)) == "阿梅"
    assert sender_words(gift, kept=names_by_number(friend)) == str(giver.numbers.get())


def test_relations_are_read_in_a_few_queries(
    giver: Holder, django_assert_max_num_queries: pytest.FixtureRequest
) -> None:
    for _ in range(6):
        a_claimed_gift(sender=giver)
    with django_assert_max_num_queries(7):  # type: ignore[operator]
        assert len(relations_of(giver)) == 6
