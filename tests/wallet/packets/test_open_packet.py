"""Opening red packets: the lowest free share, once a person, and why not."""

from datetime import datetime, timedelta

import pytest
from django.core.cache import cache
from django.db import transaction
from pytest_django import DjangoAssertNumQueries

from ledger.proofs.queries import finding_of, findings
from ledger.queries import coins_in
from tests import given, given_packets
from wallet.holders.guesses import TooManyGuesses
from wallet.holders.models import Holder
from wallet.holders.operations import HolderFrozen, WalletFull, freeze_holder
from wallet.holders.queries import inbox_of, main_of
from wallet.holders.rules import UnknownId
from wallet.packets.models import Packet, PacketShare
from wallet.packets.operations import (
    OwnPacket,
    PacketEmpty,
    PacketExpired,
    UnknownPacket,
    finish_empty_packets,
    finish_packet,
    look_up_packet,
    open_packet,
    return_expired_packets,
)
from wallet.packets.proofs import PROOFS
from wallet.packets.queries import (
    luckiest_share,
    openings_of,
    packet_of,
    share_opened,
    token_for,
)
from wallet.packets.rules import packet_address
from wallet.sponsors.queries import budget_of

pytestmark = pytest.mark.django_db


def broken() -> int:
    return sum(finding_of(proof).broken for proof in PROOFS)


def test_friends_open_the_shares_in_their_order(now: datetime) -> None:
    packet = given_packets.a_packet(coins=100, shares=4)
    friends = [given.a_holder() for _ in range(4)]
    opened = given_packets.opened_by(packet, friends)
    assert [share.position for share in opened] == [1, 2, 3, 4]
    assert [coins_in(main_of(friend)) for friend in friends] == [share.coins for share in opened]
    assert coins_in(packet_address(packet.pk)) == 0
    booked = openings_of(packet)
    assert [(each.order, each.position, each.began_after) for each in booked] == [
        (1, 1, 0),
        (2, 2, 1),
        (3, 3, 2),
        (4, 4, 3),
    ]
    assert [each.who for each in booked] == [str(friend.numbers.get()) for friend in friends]
    with pytest.raises(PacketEmpty):
        open_packet(packet=packet, claimer=given.a_holder(), now=now)
    assert [found for found in findings() if not found.is_clean] == []


def test_an_opening_is_one_call(
    now: datetime, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    packet, friend = given_packets.a_packet(), given.a_holder()
    with django_assert_num_queries(1):
        open_packet(packet=packet, claimer=friend, now=now)


def test_a_tier_raised_meanwhile_is_the_one_that_counts(now: datetime) -> None:
    packet = given_packets.a_packet(coins=100, shares=2)
    friend = given.a_holder(coins=10_000)
    Holder.objects.filter(pk=friend.pk).update(tier=2)
    (share,) = given_packets.opened_by(packet, [friend])
    assert coins_in(main_of(friend)) == 10_000 + share.coins


def test_each_person_has_one_share_whatever_comes_later(now: datetime) -> None:
    packet, friend = given_packets.a_packet(coins=100, shares=4), given.a_holder()
    (first,) = given_packets.opened_by(packet, [friend])
    for hours in (1, 30):
        again = open_packet(packet=packet, claimer=friend, now=now + timedelta(hours=hours))
        assert again == first
    assert coins_in(main_of(friend)) == first.coins
    assert share_opened(packet=packet, holder=friend) == first


def test_the_sender_may_open_one_as_well() -> None:
    packet = given_packets.a_packet(coins=10, shares=2)
    (share,) = given_packets.opened_by(packet, [packet.sender])
    assert coins_in(main_of(packet.sender)) == share.coins


def test_a_frozen_holder_opens_nothing(now: datetime) -> None:
    friend = freeze_holder(holder=given.a_holder(), now=now)
    with pytest.raises(HolderFrozen):
        open_packet(packet=given_packets.a_packet(), claimer=friend, now=now)


def test_who_speaks_for_a_sponsor_opens_none_of_its_packets(now: datetime) -> None:
    owner = given.a_holder()
    sponsor = given.a_sponsor(owner=owner.user, coins=50)
    packet = given_packets.a_sponsored_packet(sponsor)
    with pytest.raises(OwnPacket):
        open_packet(packet=packet, claimer=owner, now=now)
    (share,) = given_packets.opened_by(packet, [given.a_holder()])
    assert share.position == 1


def test_a_packet_whose_time_is_over_is_not_opened(now: datetime) -> None:
    packet, friend = given_packets.a_packet(), given.a_holder()
    with pytest.raises(PacketExpired):
        open_packet(packet=packet, claimer=friend, now=packet.expires_at)
    return_expired_packets(now=packet.expires_at)
    with pytest.raises(PacketExpired):
        open_packet(packet=packet, claimer=friend, now=now)


def test_a_full_wallet_leaves_the_share_to_others(now: datetime) -> None:
    packet = given_packets.a_packet(coins=100, shares=2)
    first, second = packet.shares.order_by("position")
    full = given.a_holder(coins=10_000 - first.coins + 1)
    with pytest.raises(WalletFull):
        open_packet(packet=packet, claimer=full, now=now)
    assert coins_in(main_of(full)) == 10_000 - first.coins + 1
    (share,) = given_packets.opened_by(packet, [given.a_holder()])
    assert share.position == 1
    just = given.a_holder(coins=10_000 - second.coins)
    (share,) = given_packets.opened_by(packet, [just])
    assert (share.position, coins_in(main_of(just))) == (2, 10_000)
    assert [each.began_after for each in openings_of(packet)] == [0, 1]
    with pytest.raises(PacketEmpty):
        open_packet(packet=packet, claimer=full, now=now)
    assert broken() == 0


def test_a_finished_packet_tells_its_sender_and_the_luckiest(now: datetime) -> None:
    packet = given_packets.a_packet(coins=100, shares=3)
    friends = [given.a_holder() for _ in range(3)]
    opened = given_packets.opened_by(packet, friends[:2])
    assert not finish_packet(packet=packet, now=now)
    assert luckiest_share(packet) is None
    later = now + timedelta(hours=1)
    opened += given_packets.opened_by(packet, friends[2:], now=later)
    assert finish_packet(packet=packet, now=later + timedelta(seconds=5))
    assert not finish_packet(packet=packet, now=later)
    packet.refresh_from_db()
    assert (packet.state, packet.ended_at) == (Packet.State.FINISHED, later)
    most = max(share.coins for share in opened)
    first_with_most = next(share for share in opened if share.coins == most)
    assert luckiest_share(packet) == first_with_most
    told = [[notice.kind for notice in inbox_of(friend)] for friend in friends]
    assert told == [["packet_luckiest"] if one == first_with_most else [] for one in opened]
    assert [notice.kind for notice in inbox_of(packet.sender)] == ["packet_finished"]


def test_the_sweep_finishes_what_a_door_left(now: datetime) -> None:
    equal = given_packets.a_packet(kind="equal", coins=2, shares=2)
    untouched = given_packets.a_packet()
    friends = [given.a_holder() for _ in range(2)]
    given_packets.opened_by(equal, friends)
    assert (finish_empty_packets(now=now), finish_empty_packets(now=now)) == (1, 0)
    equal.refresh_from_db()
    untouched.refresh_from_db()
    assert (equal.state, untouched.state) == ("finished", "open")
    assert luckiest_share(equal) is None


def test_what_nobody_opened_comes_back_once(now: datetime) -> None:
    packet = given_packets.a_packet(coins=100, shares=4)
    sponsor = given.a_sponsor(coins=60)
    sponsored = given_packets.a_sponsored_packet(sponsor, coins=60)
    alone, full = given.a_holder(), given_packets.a_packet(coins=1, shares=1)
    (share,) = given_packets.opened_by(packet, [alone])
    given_packets.opened_by(full, [given.a_holder()])
    over = packet.expires_at
    assert return_expired_packets(now=over - timedelta(seconds=1)) == 0
    assert return_expired_packets(now=over, limit=2) == 2
    assert return_expired_packets(now=over) == 1
    assert return_expired_packets(now=over) == 0
    packet.refresh_from_db()
    full.refresh_from_db()
    assert (packet.state, packet.coins_returned) == ("expired", 100 - share.coins)
    assert (full.state, full.coins_returned) == ("finished", 0)
    assert coins_in(main_of(packet.sender)) == 100 - share.coins
    assert budget_of(sponsor) == 60
    assert sponsored.shares.filter(returned_at=over).count() == 5
    assert [notice.kind for notice in inbox_of(packet.sender)] == ["packet_returned"]
    assert luckiest_share(packet) is None
    assert [found for found in findings() if not found.is_clean] == []


def test_a_packet_is_shown_to_those_in_it() -> None:
    packet, friend = given_packets.a_packet(), given.a_holder()
    with pytest.raises(UnknownId):
        packet_of(holder=friend, packet_id=packet.pk)
    given_packets.opened_by(packet, [friend])
    for holder in (friend, packet.sender):
        assert packet_of(holder=holder, packet_id=packet.pk) == packet


def test_wrong_links_are_unknown_and_guessing_ends(now: datetime) -> None:
    cache.clear()
    packet = given_packets.a_packet()
    assert look_up_packet(token=token_for(packet), guesser="1.2.3.4", now=now) == packet
    for _ in range(20):
        with pytest.raises(UnknownPacket):
            look_up_packet(token="guess", guesser="1.2.3.4", now=now)
    with pytest.raises(TooManyGuesses):
        look_up_packet(token=token_for(packet), guesser="1.2.3.4", now=now)
    assert look_up_packet(token=token_for(packet), guesser="1.2.3.5", now=now) == packet


@pytest.mark.parametrize(
    "fault",
    [
        {"coins": 101},
        {"share_count": 5},
        {"coins_returned": 1},
        {"state": "finished", "ended_at": given.NOW},
    ],
)
def test_the_proof_finds_a_changed_packet(fault: dict[str, object]) -> None:
    packet = given_packets.a_packet(coins=100, shares=4)
    given_packets.opened_by(packet, [given.a_holder()])
    assert broken() == 0
    with transaction.atomic():
        Packet.objects.filter(pk=packet.pk).update(**fault)
        assert broken() == 1
        transaction.set_rollback(True)
    assert broken() == 0


def test_the_proof_finds_a_share_nobody_was_paid_and_another_claimer(now: datetime) -> None:
    packet = given_packets.a_packet(coins=100, shares=4)
    (share,) = given_packets.opened_by(packet, [given.a_holder()])
    thief = given.a_holder()
    with transaction.atomic():
        PacketShare.objects.filter(pk=share.pk).update(claimer=thief)
        assert broken() == 2
        transaction.set_rollback(True)
    free = packet.shares.filter(claimer=None).first()
    assert free is not None
    PacketShare.objects.filter(pk=free.pk).update(claimer=thief, claimed_at=now, began_after=1)
    assert broken() == 2
