"""One friend claims a gift; everybody else is told why not."""

from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from django.core.cache import cache

from ledger.queries import amount_at, coins_in
from tests import given
from wallet.gift.models import Gift
from wallet.gift.operations import (
    GiftCancelled,
    GiftClaimed,
    GiftExpired,
    GiftHeld,
    GiftLocked,
    OwnGift,
    UnknownGift,
    cancel_gift,
    claim_gift,
    hold_gift,
    look_up_gift,
    return_expired_gifts,
    send_gift,
    send_own_data,
    thank_sender,
)
from wallet.gift.queries import address_of, claimer_words, gift_of, link_of, token_for
from wallet.holders.guesses import TooManyGuesses
from wallet.holders.models import Holder
from wallet.holders.operations import HolderFrozen, WalletFull, freeze_holder
from wallet.holders.queries import inbox_of, main_of
from wallet.holders.rules import UnknownId

pytestmark = pytest.mark.django_db


@pytest.fixture
def friend() -> Holder:
    return given.a_holder()


def test_the_first_friend_has_the_coins(friend: Holder, now: datetime) -> None:
    gift = given.a_gift(coins=30)
    claimed = claim_gift(gift=gift, claimer=friend, now=now)
    assert (claimed.state, claimed.claimer) == (Gift.State.CLAIMED, friend)
    assert (coins_in(main_of(friend)), coins_in(address_of(gift))) == (30, 0)
    assert [notice.kind for notice in inbox_of(gift.sender)] == ["gift_claimed"]
    assert claimer_words(claimed) == str(friend.numbers.get())
    with pytest.raises(GiftClaimed):
        claim_gift(gift=gift, claimer=given.a_holder(), now=now)


def test_claiming_again_moves_nothing(friend: Holder, now: datetime) -> None:
    gift = given.a_gift(coins=30)
    for hours in (0, 1, 100):
        claim_gift(gift=gift, claimer=friend, now=now + timedelta(hours=hours))
    assert coins_in(main_of(friend)) == 30


def test_a_sender_cannot_claim(now: datetime) -> None:
    gift = given.a_gift()
    with pytest.raises(OwnGift):
        claim_gift(gift=gift, claimer=gift.sender, now=now)


def test_a_cancelled_gift_is_gone(friend: Holder, now: datetime) -> None:
    gift = given.a_gift()
    cancel_gift(gift=gift, sender=gift.sender, now=now)
    with pytest.raises(GiftCancelled):
        claim_gift(gift=gift, claimer=friend, now=now)


def test_an_expired_gift_is_gone_before_and_after_it_is_returned(
    friend: Holder, now: datetime
) -> None:
    gift = given.a_gift()
    with pytest.raises(GiftExpired):
        claim_gift(gift=gift, claimer=friend, now=gift.expires_at)
    return_expired_gifts(now=gift.expires_at)
    with pytest.raises(GiftExpired):
        claim_gift(gift=gift, claimer=friend, now=gift.expires_at)
    assert coins_in(main_of(friend)) == 0


def test_a_locked_gift_is_for_its_number(friend: Holder, now: datetime) -> None:
    gift = given.a_gift(locked_to=friend.numbers.get().msisdn)
    with pytest.raises(GiftLocked):
        claim_gift(gift=gift, claimer=given.a_holder(), now=now)
    with pytest.raises(GiftLocked):
        hold_gift(gift=gift, msisdn=given.an_msisdn(), now=now)
    claim_gift(gift=gift, claimer=friend, now=now)


def test_who_asked_for_the_code_has_three_minutes(friend: Holder, now: datetime) -> None:
    gift, slow = given.a_gift(), given.a_holder()
    hold_gift(gift=gift, msisdn=slow.numbers.get().msisdn, now=now)
    soon, later = now + timedelta(seconds=179), now + timedelta(seconds=180)
    with pytest.raises(GiftHeld):
        claim_gift(gift=gift, claimer=friend, now=soon)
    with pytest.raises(GiftHeld):
        hold_gift(gift=gift, msisdn=friend.numbers.get().msisdn, now=soon)
    hold_gift(gift=gift, msisdn=slow.numbers.get().msisdn, now=soon)
    with pytest.raises(GiftHeld):
        claim_gift(gift=gift, claimer=friend, now=later)
    claim_gift(gift=gift, claimer=slow, now=later)


def test_a_hold_ends_by_itself(friend: Holder, now: datetime) -> None:
    gift = given.a_gift()
    hold_gift(gift=gift, msisdn=given.an_msisdn(), now=now)
    claim_gift(gift=gift, claimer=friend, now=now + timedelta(seconds=180))


def test_a_full_wallet_is_refused_coins_but_not_data(now: datetime) -> None:
    full = given.a_holder(coins=9_990)
    gift = given.a_gift(coins=11)
    with pytest.raises(WalletFull):
        claim_gift(gift=gift, claimer=full, now=now)
    claim_gift(gift=given.a_gift(coins=10), claimer=full, now=now)
    sender = given.a_holder()
    asset = given.give_data(sender, 40)
    data = send_gift(sender=sender, asset=asset, amount=40, key=uuid4(), now=now)
    claim_gift(gift=data, claimer=full, now=now)
    assert amount_at(main_of(full), asset) == 40


def test_a_frozen_friend_is_refused(friend: Holder, now: datetime) -> None:
    freeze_holder(holder=friend, now=now)
    with pytest.raises(HolderFrozen):
        claim_gift(gift=given.a_gift(), claimer=friend, now=now)


def test_own_data_arrives_as_data_and_counts_as_sold(friend: Holder, now: datetime) -> None:
    sender = given.a_holder()
    number = sender.numbers.get()
    asset = given.give_surplus(number, 300)
    gift = send_own_data(
        sender=sender,
        number=number,
        package=given.PACKAGE,
        asset=asset,
        amount=200,
        key=uuid4(),
        now=now,
    )
    claim_gift(gift=gift, claimer=friend, now=now)
    assert amount_at(main_of(friend), "DATA-CT-2026-11") == 200
    assert amount_at("system/sold", asset) == 200
    assert amount_at("system/sold", "DATA-CT-2026-11") == -200
    assert amount_at(address_of(gift), asset) == 0


def test_thanks_are_said_once_and_by_the_claimer(friend: Holder, now: datetime) -> None:
    gift = given.a_gift()
    with pytest.raises(UnknownId):
        thank_sender(gift=gift, claimer=friend, now=now)
    claim_gift(gift=gift, claimer=friend, now=now)
    for _ in range(2):
        thank_sender(gift=gift, claimer=friend, now=now)
    kinds = [notice.kind for notice in inbox_of(gift.sender)]
    assert sorted(kinds) == ["gift_claimed", "gift_thanked"]


def test_a_link_finds_its_gift_and_claims_nothing(now: datetime) -> None:
    gift = given.a_gift()
    assert link_of(gift).endswith(f"/g/{token_for(gift)}/")
    found = look_up_gift(token=token_for(gift), guesser="192.0.2.1", now=now)
    assert (found, found.state) == (gift, Gift.State.OPEN)


def test_guessing_links_is_limited_per_address(now: datetime) -> None:
    cache.clear()
    gift = given.a_gift()
    for _ in range(20):
        with pytest.raises(UnknownGift):
            look_up_gift(token="guess", guesser="192.0.2.2", now=now)
    with pytest.raises(TooManyGuesses):
        look_up_gift(token=token_for(gift), guesser="192.0.2.2", now=now)
    assert look_up_gift(token=token_for(gift), guesser="192.0.2.3", now=now) == gift


def test_a_stranger_does_not_see_a_gift(friend: Holder) -> None:
    gift = given.a_gift()
    assert gift_of(holder=gift.sender, gift_id=gift.pk) == gift
    with pytest.raises(UnknownId):
        gift_of(holder=friend, gift_id=gift.pk)
