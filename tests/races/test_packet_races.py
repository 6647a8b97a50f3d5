"""Many friends and one red packet; the clock, the sweep and a day's end at the same moment."""

from collections import Counter
from collections.abc import Iterable
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import transaction

from ledger.proofs.queries import Finding, findings
from ledger.queries import coins_in
from ledger.refusals import Refusal
from tests import given, given_packets
from tests.races.threads import at_once
from wallet.holders.models import Holder
from wallet.holders.queries import main_of
from wallet.packets.models import Packet, PacketDay, PacketShare
from wallet.packets.operations import (
    finish_empty_packets,
    finish_packet,
    open_packet,
    publish_packet_days,
    return_expired_packets,
    reveal_packet_days,
    send_packet,
)
from wallet.packets.queries import openings_of, packet_facts, packet_with
from wallet.packets.rules import day_in, packet_address
from wallet.packets.verify_packet import Broken, verify

pytestmark = pytest.mark.own_database

CLIENTS = 64


def tally(ended: Iterable[object]) -> Counter[str]:
    """Count how attempts ended: by refusal, or by what came back."""
    return Counter(one.code if isinstance(one, Refusal) else str(one) for one in ended)


def opens(packet: Packet, friend: Holder, *, seconds: int = 0) -> str:
    now = given.NOW + timedelta(seconds=seconds)
    open_packet(packet=packet, claimer=friend, now=now)
    return "opened"


def broken() -> list[Finding]:
    return [found for found in findings() if not found.is_clean]


def test_more_friends_than_shares_each_share_goes_once() -> None:
    packet = given_packets.a_packet(coins=500, shares=40)
    friends = [given.a_holder() for _ in range(CLIENTS)]
    ended = tally(at_once(lambda place: opens(packet, friends[place]), threads=CLIENTS))
    assert ended == {"opened": 40, "packet_empty": CLIENTS - 40}
    assert sum(coins_in(main_of(friend)) for friend in friends) == 500
    assert coins_in(packet_address(packet.pk)) == 0
    # In line: nobody passed anybody.
    in_line = [(place, place, place - 1) for place in range(1, 41)]
    booked = openings_of(packet)
    assert [(each.order, each.position, each.began_after) for each in booked] == in_line
    assert finish_packet(packet=packet, now=given.NOW)
    assert "40 openings" in verify(packet_facts(packet_with(packet.pk)))[0]
    assert broken() == []


def test_one_friend_tapping_often_has_one_share() -> None:
    packet, friend = given_packets.a_packet(coins=100, shares=10), given.a_holder()
    ended = at_once(lambda _: opens(packet, friend), threads=20)
    assert tally(ended) == {"opened": 20}
    assert [share.position for share in packet.shares.filter(claimer=friend)] == [1]
    assert len(openings_of(packet)) == 1
    assert broken() == []


def test_nearly_full_wallets_among_others_leave_nothing_out_of_order() -> None:
    packet = given_packets.a_packet(coins=900, shares=30)
    largest = packet.largest_share
    friends = [
        given.a_holder(coins=10_000 - largest // 2 if place % 2 else 0) for place in range(50)
    ]
    ended = tally(at_once(lambda place: opens(packet, friends[place]), threads=50))
    assert ended["opened"] + ended["wallet_full"] + ended["packet_empty"] == 50
    assert all(coins_in(main_of(friend)) <= 10_000 for friend in friends)
    rest = [given.a_holder() for _ in range(30 - ended["opened"])]
    given_packets.opened_by(packet, rest)
    finish_packet(packet=packet, now=given.NOW)
    assert "30 shares of 900 coins" in verify(packet_facts(packet_with(packet.pk)))[1]
    assert broken() == []


def test_whoever_keeps_a_share_back_for_a_friend_is_found_out() -> None:
    packet = given_packets.a_packet(kind="equal", coins=20, shares=2)
    others, friend = given.a_holder(), given.a_holder()
    with transaction.atomic():
        PacketShare.objects.select_for_update().get(packet=packet, position=1)
        assert at_once(lambda _: opens(packet, others), threads=1) == ["opened"]
    opens(packet, friend)
    assert [(each.order, each.position) for each in openings_of(packet)] == [(1, 2), (2, 1)]
    with pytest.raises(Broken, match="Opening 2 took position 1, which somebody had passed"):
        verify(packet_facts(packet_with(packet.pk)))


@pytest.mark.parametrize("rounds", range(3))
def test_openings_in_time_and_two_sweeps_after_it_share_the_coins_exactly(rounds: int) -> None:
    packet = given_packets.a_packet(coins=300, shares=12)
    friends = [given.a_holder() for _ in range(8)]
    over = packet.expires_at
    seconds = int((over - given.NOW).total_seconds()) - 1

    def acts(place: int) -> str:
        if place < len(friends):
            return opens(packet, friends[place], seconds=seconds)
        return f"returned {return_expired_packets(now=over)}"

    ended = tally(at_once(acts, threads=len(friends) + 4))
    assert set(ended) <= {"opened", "packet_expired", "returned 0", "returned 1"}
    return_expired_packets(now=over)
    packet.refresh_from_db()
    opened = sum(coins_in(main_of(friend)) for friend in friends)
    assert (packet.state, packet.coins_returned) == ("expired", 300 - opened)
    assert coins_in(main_of(packet.sender)) == 300 - opened
    assert coins_in(packet_address(packet.pk)) == 0
    assert len(openings_of(packet)) == ended["opened"]
    assert broken() == []


def test_a_sweep_waits_for_nobody_and_comes_again() -> None:
    packet = given_packets.a_packet(coins=50, shares=5)
    over = packet.expires_at
    with transaction.atomic():
        PacketShare.objects.select_for_update().get(packet=packet, position=3)
        assert at_once(lambda _: return_expired_packets(now=over), threads=1) == [0]
    returned = at_once(lambda _: return_expired_packets(now=over), threads=2)
    assert tally(returned) == {"0": 1, "1": 1}
    assert return_expired_packets(now=over) == 0
    assert coins_in(main_of(packet.sender)) == 50
    assert broken() == []


def test_the_same_key_sent_often_makes_one_packet() -> None:
    sender, key = given.a_holder(coins=100), uuid4()

    def sends(_: int) -> str:
        made = send_packet(
            sender=sender, kind="lucky", coins=30, share_count=3, key=key, now=given.NOW
        )
        return made.state

    assert tally(at_once(sends, threads=20)) == {"open": 20}
    assert (Packet.objects.count(), coins_in(main_of(sender))) == (1, 70)


def test_a_day_in_use_keeps_its_seed_until_its_packet_is_there() -> None:
    publish_packet_days(now=given.NOW)
    sender = given_packets.a_giver(coins=50)
    later = given.NOW + timedelta(days=1)
    with transaction.atomic():
        given_packets.a_packet(sender=sender)
        assert at_once(lambda _: reveal_packet_days(now=later), threads=1) == [[]]
    assert reveal_packet_days(now=later) == []
    return_expired_packets(now=later)
    assert reveal_packet_days(now=later) == [day_in(given.NOW)]


def test_a_first_packet_of_an_unpublished_day_publishes_it_once() -> None:
    senders = [given_packets.a_giver(coins=50) for _ in range(6)]
    ended = at_once(lambda place: given_packets.a_packet(sender=senders[place]).state, threads=6)
    assert tally(ended) == {"open": 6}
    assert PacketDay.objects.count() == 1
    assert finish_empty_packets(now=given.NOW) == 0
