"""Sending red packets: once per key, within the limits, bound before anybody opens one."""

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from ledger.proofs.queries import findings
from ledger.queries import coins_in
from ledger.refusals import KeyReused, Refusal
from ledger.registry import cause_of
from tests import given, given_packets
from wallet.gift.operations import GiftLimitPassed, send_gift
from wallet.holders.operations import (
    BadAmount,
    HolderFrozen,
    NotEnoughCoins,
    freeze_holder,
)
from wallet.holders.queries import main_of
from wallet.holders.rules import BadGreeting
from wallet.packets.models import Packet
from wallet.packets.operations import (
    BadPacket,
    PacketLimitPassed,
    PacketTooLarge,
    send_packet,
    send_sponsored_packet,
)
from wallet.packets.queries import set_aside_in_packets
from wallet.packets.rules import commitment_of, packet_address
from wallet.policy.models import PolicyRow
from wallet.sponsors.operations import SponsorBudgetSpent
from wallet.sponsors.queries import budget_of

pytestmark = pytest.mark.django_db


def shares_of(packet: Packet) -> list[int]:
    return list(packet.shares.order_by("position").values_list("coins", flat=True))


def test_the_coins_are_set_aside_and_the_shares_bound(now: datetime) -> None:
    sender = given.a_holder(coins=120)
    packet = given_packets.a_packet(sender=sender, coins=100, shares=7, greeting=" 早 ")
    assert (coins_in(main_of(sender)), coins_in(packet_address(packet.pk))) == (20, 100)
    assert (packet.greeting, packet.state, packet.largest_share) == (
        "早",
        "open",
        max(shares_of(packet)),
    )
    assert packet.expires_at == now + timedelta(hours=24)
    bound = commitment_of(seed=bytes(packet.share_seed), shares=shares_of(packet))
    assert bytes(packet.commitment) == bound
    assert sum(shares_of(packet)) == 100
    assert [(aside.amount, aside.until) for aside in set_aside_in_packets(sender)] == [
        (100, packet.expires_at)
    ]
    assert [found for found in findings() if not found.is_clean] == []


def test_the_same_key_sends_once_and_another_body_is_refused(now: datetime) -> None:
    sender, key = given.a_holder(coins=100), uuid4()
    asked: dict[str, Any] = {"kind": "lucky", "coins": 30, "share_count": 3, "greeting": "早"}
    first = send_packet(sender=sender, key=key, now=now, **asked)
    later = now + timedelta(days=1)
    again = send_packet(sender=sender, key=key, now=later, **asked)
    assert (first, first.commitment) == (again, bytes(again.commitment))
    assert coins_in(main_of(sender)) == 70
    for change in ({"kind": "equal"}, {"coins": 31}, {"share_count": 2}, {"greeting": "晚"}):
        with pytest.raises(KeyReused):
            send_packet(sender=sender, key=key, now=now, **asked | change)


@pytest.mark.parametrize(
    "change,refusal",
    [
        ({"kind": "unlucky"}, BadPacket),
        ({"coins": 0}, BadAmount),
        ({"coins": 2**63}, BadAmount),
        ({"coins": True}, BadAmount),
        ({"share_count": 0}, BadPacket),
        ({"share_count": True}, BadPacket),
        ({"share_count": 31}, BadPacket),
        ({"kind": "equal", "share_count": 4}, BadPacket),
        ({"greeting": "x" * 101}, BadGreeting),
        ({"greeting": "a\nb"}, BadGreeting),
        ({"coins": 101}, NotEnoughCoins),
        ({"coins": 600}, PacketLimitPassed),
        ({"coins": 20_001}, PacketTooLarge),
        ({"coins": 101, "share_count": 101}, PacketTooLarge),
    ],
)
def test_what_makes_no_packet_is_refused(
    change: dict[str, Any], refusal: type[Refusal], now: datetime
) -> None:
    sender = given.a_holder(coins=100)
    asked = {"kind": "lucky", "coins": 30, "share_count": 3, **change}
    with pytest.raises(refusal):
        send_packet(sender=sender, key=uuid4(), now=now, **asked)
    assert coins_in(main_of(sender)) == 100
    assert not Packet.objects.exists()


def test_a_frozen_holder_sends_nothing(now: datetime) -> None:
    sender = freeze_holder(holder=given.a_holder(coins=100), now=now)
    with pytest.raises(HolderFrozen):
        given_packets.a_packet(sender=sender)


def test_gifts_and_packets_share_the_days_limit(now: datetime) -> None:
    sender = given.a_holder(coins=2_000)
    send_gift(sender=sender, amount=300, key=uuid4(), now=now)
    given_packets.a_packet(sender=sender, coins=150)
    with pytest.raises(PacketLimitPassed) as refused:
        given_packets.a_packet(sender=sender, coins=51)
    assert refused.value.fields == {"limit": "coins", "most": 500, "left": 50}
    with pytest.raises(GiftLimitPassed):
        send_gift(sender=sender, amount=51, key=uuid4(), now=now)
    given_packets.a_packet(sender=sender, coins=50)
    tomorrow = now + timedelta(days=1)
    given_packets.a_packet(sender=sender, coins=500, now=tomorrow)


def test_only_so_many_packets_a_day(now: datetime) -> None:
    sender = given.a_holder(coins=100)
    PolicyRow.objects.create(
        key="gift.count_per_day_max",
        scope="tier.0",
        value=2,
        starts_at=now,
        set_at=now,
        set_by="test",
        reason="few",
    )
    for _ in range(2):
        given_packets.a_packet(sender=sender, coins=5)
    with pytest.raises(PacketLimitPassed) as refused:
        given_packets.a_packet(sender=sender, coins=5)
    assert refused.value.fields["limit"] == "count"


def test_a_sponsor_sends_from_its_budget(now: datetime) -> None:
    sponsor, key = given.a_sponsor(coins=10_000), uuid4()
    asked: dict[str, Any] = {"kind": "equal", "coins": 9_000, "share_count": 90}
    packet = send_sponsored_packet(sponsor=sponsor, key=key, now=now, **asked)
    assert send_sponsored_packet(sponsor=sponsor, key=key, now=now, **asked) == packet
    assert (budget_of(sponsor), coins_in(packet_address(packet.pk))) == (1_000, 9_000)
    assert packet.is_sponsored
    assert set(shares_of(packet)) == {100}
    assert list(set_aside_in_packets(sponsor.holder)) == []
    with pytest.raises(SponsorBudgetSpent):
        given_packets.a_sponsored_packet(sponsor, coins=1_001)
    with pytest.raises(PacketTooLarge):
        given_packets.a_sponsored_packet(sponsor, coins=20_001)
    freeze_holder(holder=sponsor.holder, now=now)
    with pytest.raises(HolderFrozen):
        given_packets.a_sponsored_packet(sponsor, coins=5)
    assert [found for found in findings() if not found.is_clean] == []


def test_an_auditor_sees_the_packet_behind_its_account() -> None:
    packet = given_packets.a_packet()
    given_packets.opened_by(packet, [given.a_holder()])
    cause = cause_of(packet_address(packet.pk))
    assert cause is not None
    assert (cause.facts["状态"], cause.facts["已拆几份"]) == ("未结束", "1")
    assert str(packet.pk) in cause.url
    assert cause_of(f"packet/{uuid4()}") is None
