"""C20 流量红包: equal or lucky, personal or sponsored; exact, at least a coin each, returned once."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from hypothesis import given as examples
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from ledger.proofs.queries import findings
from ledger.queries import coins_in
from tests import given, given_packets
from wallet.holders.queries import main_of
from wallet.packets.models import Packet
from wallet.packets.operations import (
    finish_packet,
    note_visit,
    open_packet,
    return_expired_packets,
)
from wallet.packets.queries import luckiest_share, packets_of_sponsor, source_of
from wallet.packets.rules import packet_address, visit_code
from wallet.policy.models import PolicyRow
from wallet.sponsors.queries import budget_of, sponsor_with

pytestmark = pytest.mark.django_db

Make = Callable[..., Packet]
makes = pytest.mark.parametrize("make", [given_packets.a_packet, given_packets.a_sponsored_packet])
kinds = pytest.mark.parametrize("kind", ["lucky", "equal"])


def clean() -> bool:
    return all(found.is_clean for found in findings())


@makes
@kinds
def test_friends_share_all_of_it_each_a_coin_at_least(make: Make, kind: str) -> None:
    packet = make(kind=kind, coins=60, shares=6)
    friends = [given.a_holder() for _ in range(6)]
    opened = [share.coins for share in given_packets.opened_by(packet, friends)]
    assert (sum(opened), min(opened) >= 1) == (60, True)
    assert kind == "lucky" or set(opened) == {10}
    assert [coins_in(main_of(friend)) for friend in friends] == opened
    assert finish_packet(packet=packet, now=given.NOW)
    packet.refresh_from_db()
    best = luckiest_share(packet)
    assert (best.coins if best else None) == (max(opened) if kind == "lucky" else None)
    assert clean()


@makes
@kinds
def test_after_a_day_the_rest_comes_back_once(make: Make, kind: str) -> None:
    packet = make(kind=kind, coins=60, shares=6)
    (share,) = given_packets.opened_by(packet, [given.a_holder()])
    late = given.NOW + timedelta(hours=24)
    assert return_expired_packets(now=late - timedelta(seconds=1)) == 0
    assert [return_expired_packets(now=late) for _ in range(3)] == [1, 0, 0]
    assert coins_in(source_of(packet)) == 60 - share.coins
    assert coins_in(packet_address(packet.pk)) == 0
    assert clean()


def test_a_shorter_time_is_one_policy_row_away() -> None:
    PolicyRow.objects.create(
        key="packet.expires_hours",
        value=1,
        starts_at=given.NOW,
        set_at=given.NOW,
        set_by="test",
        reason="an hour",
    )
    packet = given_packets.a_packet()
    assert return_expired_packets(now=given.NOW + timedelta(hours=1)) == 1
    assert coins_in(main_of(packet.sender)) == packet.coins


def test_a_sponsors_report_counts_opens_claims_and_forwards() -> None:
    packet = given_packets.a_sponsored_packet(coins=30, shares=3)
    sponsor = sponsor_with(packet.sender_id)
    friend = given.a_holder()
    code = visit_code(packet_id=packet.pk, visitor="first")
    for visitor, came_by in (("first", ""), ("first", ""), ("second", code), ("third", "nobody")):
        note_visit(packet=packet, visitor=visitor, came_by=came_by, now=given.NOW)
    share = open_packet(packet=packet, claimer=friend, now=given.NOW)
    ((_, report),) = packets_of_sponsor(sponsor)
    assert (report.opens, report.forwarded, report.forwarders) == (3, 1, 1)
    assert (report.claims, report.coins) == (1, share.coins)
    assert budget_of(sponsor) == 0


class ConservationTest(TestCase):
    """Whatever the packet and whoever comes, the coins are all somewhere, each once."""

    @settings(max_examples=25, deadline=None)
    @examples(
        shares=st.integers(1, 12),
        more=st.integers(0, 300),
        friends=st.integers(0, 14),
        lucky=st.booleans(),
    )
    def test_coins_are_conserved(
        self, *, shares: int, more: int, friends: int, lucky: bool
    ) -> None:
        coins = shares + more if lucky else shares * (1 + more % 9)
        kind = "lucky" if lucky else "equal"
        packet = given_packets.a_packet(kind=kind, coins=coins, shares=shares)
        came = [given.a_holder() for _ in range(min(friends, shares))]
        opened = sum(share.coins for share in given_packets.opened_by(packet, came))
        return_expired_packets(now=packet.expires_at)
        packet.refresh_from_db()
        assert packet.coins_returned == coins - opened
        assert coins_in(main_of(packet.sender)) == coins - opened
        assert sum(coins_in(main_of(friend)) for friend in came) == opened
        assert coins_in(packet_address(packet.pk)) == 0
