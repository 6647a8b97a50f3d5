"""What nobody claimed comes back, once, to where it came from."""

from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from django.db import transaction

from ledger.operations import post
from ledger.proofs.queries import finding_of
from ledger.queries import amount_at, coins_in
from ledger.registry import cause_of
from ledger.rules import Posting, move
from tests import given
from wallet.gift.models import Gift
from wallet.gift.operations import (
    GiftClaimed,
    GiftExpired,
    cancel_gift,
    claim_gift,
    note_expired_gifts,
    return_expired_gifts,
    send_gift,
    send_own_data,
)
from wallet.gift.proofs import PROOFS
from wallet.gift.queries import address_of
from wallet.holders.queries import inbox_of, line_of, main_of
from wallet.holders.rules import UnknownId

pytestmark = pytest.mark.django_db


def broken() -> int:
    return sum(finding_of(proof).broken for proof in PROOFS)


def a_data_gift(*, now: datetime) -> Gift:
    sender = given.a_holder()
    asset = given.give_data(sender, 40)
    return send_gift(sender=sender, asset=asset, amount=40, key=uuid4(), now=now)


def expired_by_the_close(gift: Gift) -> None:
    """Post what the close posts for an escrow of expired data; it may do so while it closes."""
    legs = move(
        asset=gift.asset, amount=gift.amount, source=address_of(gift), target="system/expired"
    )
    at = gift.expires_at
    post(Posting(id=uuid4(), kind="late_expire", at=at, actor="close", legs=legs))


def test_a_cancelled_gift_comes_back_once(now: datetime) -> None:
    gift = given.a_gift(coins=30)
    for _ in range(2):
        ended = cancel_gift(gift=gift, sender=gift.sender, now=now)
    assert ended.state == Gift.State.CANCELLED
    assert (coins_in(main_of(gift.sender)), coins_in(address_of(gift))) == (30, 0)
    assert return_expired_gifts(now=gift.expires_at) == 0


def test_only_the_sender_cancels_and_only_in_time(now: datetime) -> None:
    gift, friend = given.a_gift(), given.a_holder()
    with pytest.raises(UnknownId):
        cancel_gift(gift=gift, sender=friend, now=now)
    with pytest.raises(GiftExpired):
        cancel_gift(gift=gift, sender=gift.sender, now=gift.expires_at)
    claim_gift(gift=gift, claimer=friend, now=now)
    with pytest.raises(GiftClaimed):
        cancel_gift(gift=gift, sender=gift.sender, now=now)


def test_own_data_comes_back_to_its_line(now: datetime) -> None:
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
    cancel_gift(gift=gift, sender=sender, now=now)
    assert amount_at(line_of(number=number, package=given.PACKAGE), asset) == 300


def test_expired_gifts_come_back_once_and_their_senders_are_told(now: datetime) -> None:
    gifts = [given.a_gift(coins=coins) for coins in (10, 20)]
    claimed = given.a_gift(coins=30)
    claim_gift(gift=claimed, claimer=given.a_holder(), now=now)
    assert return_expired_gifts(now=now + timedelta(hours=71)) == 0
    over = now + timedelta(hours=72)
    assert return_expired_gifts(now=over, limit=1) == 1
    assert return_expired_gifts(now=over) == 1
    assert return_expired_gifts(now=over) == 0
    for gift, coins in zip(gifts, (10, 20), strict=True):
        assert coins_in(main_of(gift.sender)) == coins
        assert [notice.kind for notice in inbox_of(gift.sender)] == ["gift_returned"]
    assert coins_in(main_of(claimed.sender)) == 0
    assert broken() == 0


def test_data_past_its_month_waits_for_the_close_and_is_noted_then(now: datetime) -> None:
    late = now.replace(day=29)
    gift = a_data_gift(now=late)
    over = gift.expires_at
    assert return_expired_gifts(now=over) == 0
    assert note_expired_gifts(now=over) == 0
    with pytest.raises(GiftExpired):
        cancel_gift(gift=gift, sender=gift.sender, now=over)
    assert broken() == 0
    expired_by_the_close(gift)
    assert broken() == 0
    assert note_expired_gifts(now=over) == 1
    assert note_expired_gifts(now=over) == 0
    gift.refresh_from_db()
    assert gift.state == Gift.State.EXPIRED
    assert [notice.kind for notice in inbox_of(gift.sender)] == ["gift_expired"]
    assert broken() == 0


def test_data_in_its_month_comes_back_before_the_month_ends() -> None:
    gift = a_data_gift(now=given.NOW)
    assert return_expired_gifts(now=gift.expires_at) == 1
    assert amount_at(main_of(gift.sender), gift.asset) == 40


def test_the_proof_finds_what_is_missing_and_what_is_too_much(now: datetime) -> None:
    gift = given.a_gift()
    assert broken() == 0
    with transaction.atomic():
        Gift.objects.filter(pk=gift.pk).update(amount=gift.amount + 1)
        assert broken() == 1
        transaction.set_rollback(True)
    with transaction.atomic():
        Gift.objects.filter(pk=gift.pk).update(state=Gift.State.CANCELLED)
        assert broken() == 1
        transaction.set_rollback(True)
    legs = move(asset="COIN", amount=5, source=address_of(gift), target=main_of(gift.sender))
    post(Posting(id=uuid4(), kind="correction", at=now, actor="test", legs=legs))
    assert broken() == 1


def test_an_auditor_sees_the_gift_behind_its_account(now: datetime) -> None:
    gift, friend = given.a_gift(), given.a_holder()
    claim_gift(gift=gift, claimer=friend, now=now)
    cause = cause_of(address_of(gift))
    assert cause is not None
    assert cause.facts["状态"] == "已领取"
    assert str(gift.pk) in cause.url
    assert cause_of(f"gift/{uuid4()}") is None
