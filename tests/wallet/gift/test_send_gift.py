"""Coins and data are set aside once, within the day's limits."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from ledger.queries import amount_at, coins_in
from ledger.refusals import AssetExpired, KeyReused, Refusal
from tests import given
from wallet.carriers.rules import MsisdnUnreadable
from wallet.gift.models import Gift
from wallet.gift.operations import (
    GiftLimitPassed,
    NotGiftable,
    cancel_gift,
    send_gift,
    send_own_data,
)
from wallet.gift.queries import address_of, set_aside_in_gifts
from wallet.holders.models import Holder
from wallet.holders.operations import (
    BadAmount,
    HolderFrozen,
    NotEnoughCoins,
    NotEnoughData,
    freeze_holder,
)
from wallet.holders.queries import line_of, main_of
from wallet.holders.rules import BadGreeting, UnknownId

pytestmark = pytest.mark.django_db

KEY = UUID(int=7)


@pytest.fixture
def sender() -> Holder:
    return given.a_holder(coins=100)


def send(sender: Holder, now: datetime, **different: Any) -> Gift:
    asked: dict[str, Any] = {"amount": 30, "greeting": "生日快乐", "key": KEY, "now": now}
    return send_gift(sender=sender, **{**asked, **different})


def test_coins_wait_in_the_gift(sender: Holder, now: datetime) -> None:
    gift = send(sender, now)
    assert (coins_in(main_of(sender)), coins_in(address_of(gift))) == (70, 30)
    assert (gift.state, gift.expires_at) == (Gift.State.OPEN, now + timedelta(hours=72))
    assert [(one.asset, one.amount) for one in set_aside_in_gifts(sender)] == [("COIN", 30)]


def test_same_key_moves_coins_once(sender: Holder, now: datetime) -> None:
    first = send(sender, now)
    later = send(sender, now + timedelta(days=40))
    assert later == first
    assert coins_in(main_of(sender)) == 70


@pytest.mark.parametrize(
    "different",
    [{"amount": 31}, {"greeting": "x"}, {"locked_to": "13800138000"}, {"asset": "DATA-CT-2026-11"}],
)
def test_same_key_names_one_gift(sender: Holder, now: datetime, different: dict[str, Any]) -> None:
    send(sender, now)
    with pytest.raises(KeyReused) as refused:
        send(sender, now, **different)
    assert refused.value.fields["field"] in different


def test_two_senders_may_choose_one_key(sender: Holder, now: datetime) -> None:
    assert send(sender, now) != send(given.a_holder(coins=30), now)


@pytest.mark.parametrize(
    "different,refusal",
    [
        ({"amount": 0}, BadAmount),
        ({"amount": -5}, BadAmount),
        ({"amount": 2**63}, BadAmount),
        ({"greeting": "x" * 101}, BadGreeting),
        ({"greeting": "a\nb"}, BadGreeting),
        ({"greeting": "a\x00b"}, BadGreeting),
        ({"asset": "CNY"}, NotGiftable),
        ({"asset": "SURPLUS-CT-2026-11"}, NotGiftable),
        ({"locked_to": "12345"}, MsisdnUnreadable),
        ({"amount": 101}, NotEnoughCoins),
        ({"asset": "DATA-CT-2026-11"}, NotEnoughData),
    ],
)
def test_what_makes_no_gift_is_refused(
    sender: Holder, now: datetime, different: dict[str, Any], refusal: type[Refusal]
) -> None:
    with pytest.raises(refusal):
        send(sender, now, **different)
    assert coins_in(main_of(sender)) == 100
    assert not Gift.objects.exists()


def test_a_frozen_sender_is_refused(sender: Holder, now: datetime) -> None:
    freeze_holder(holder=sender, now=now)
    with pytest.raises(HolderFrozen):
        send(sender, now)


def test_the_days_coins_are_limited_by_tier(now: datetime) -> None:
    sender = given.a_holder(coins=2_000)
    cancel_gift(gift=send(sender, now, amount=450), sender=sender, now=now)
    with pytest.raises(GiftLimitPassed) as refused:
        send(sender, now, amount=51, key=uuid4())
    assert refused.value.fields == {"limit": "coins", "most": 500, "left": 50}
    send(sender, now, amount=50, key=uuid4())
    send(sender, now + timedelta(days=1), amount=500, key=uuid4())
    known = given.a_holder(coins=501, tier=1)
    send(known, now, amount=501)


def test_the_days_gifts_are_counted(now: datetime) -> None:
    sender = given.a_holder(coins=30)
    for _ in range(20):
        send(sender, now, amount=1, key=uuid4())
    with pytest.raises(GiftLimitPassed) as refused:
        send(sender, now, amount=1, key=uuid4())
    assert refused.value.fields == {"limit": "count", "most": 20}
    midnight = now.replace(hour=0, minute=0) + timedelta(days=1)
    send(sender, midnight, amount=1, key=uuid4())


def test_data_waits_until_its_month_ends(sender: Holder) -> None:
    late = given.NOW.replace(day=29)
    asset = given.give_data(sender, 40)
    gift = send(sender, late, asset=asset)
    assert gift.expires_at == given.NOW.replace(month=12, day=1, hour=0, minute=0)
    assert (amount_at(main_of(sender), asset), amount_at(address_of(gift), asset)) == (10, 30)


def test_data_of_a_past_month_is_not_given(sender: Holder, now: datetime) -> None:
    asset = given.give_data(sender, 40)
    with pytest.raises(AssetExpired):
        send(sender, now + timedelta(days=30), asset=asset)
    assert not Gift.objects.exists()


def test_own_data_is_given_from_its_line(sender: Holder, now: datetime) -> None:
    number = sender.numbers.get()
    asset = given.give_surplus(number, 300)
    asked: dict[str, Any] = {"number": number, "package": given.PACKAGE, "asset": asset}
    gift = send_own_data(sender=sender, **asked, amount=200, key=KEY, now=now)
    assert send_own_data(sender=sender, **asked, amount=200, key=KEY, now=now) == gift
    line = line_of(number=number, package=given.PACKAGE)
    assert (amount_at(line, asset), amount_at(address_of(gift), asset)) == (100, 200)
    with pytest.raises(NotEnoughData):
        send_own_data(sender=sender, **asked, amount=101, key=uuid4(), now=now)
    with pytest.raises(UnknownId):
        send_own_data(sender=given.a_holder(), **asked, amount=1, key=KEY, now=now)
    with pytest.raises(NotGiftable):
        send_own_data(sender=sender, **{**asked, "asset": "COIN"}, amount=1, key=KEY, now=now)
