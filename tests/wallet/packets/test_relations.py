"""Shares of red packets make relations, as gifts do."""

from datetime import timedelta

import pytest

from tests import given, given_packets
from wallet.gift.operations import claim_gift
from wallet.gift.queries import relations_of

pytestmark = pytest.mark.django_db
NOW = given.NOW


def test_shares_count_among_gifts_given_and_received() -> None:
    sender, friend, stranger = given.a_holder(coins=100), given.a_holder(), given.a_holder()
    packet = given_packets.a_packet(sender=sender, coins=20, shares=3)
    given_packets.opened_by(packet, [friend, stranger, sender])
    later = NOW + timedelta(minutes=5)
    claim_gift(gift=given.a_gift(sender=sender, coins=5), claimer=friend, now=later)
    first, second = relations_of(sender)
    assert (first.given, first.received, first.last_at) == (2, 0, later)
    assert (second.given, second.received, second.last_at, second.gift) == (1, 0, NOW, "")
    assert first.gift.startswith("gft_")
    (theirs,) = relations_of(stranger)
    assert (theirs.given, theirs.received) == (0, 1)
    assert [one.name for one in relations_of(sender, limit=1)] == [first.name]
    page = given.client_of(stranger).get("/gifts/").content.decode()
    assert theirs.name in page


def test_what_a_sponsor_hands_out_makes_no_friends() -> None:
    claimer = given.a_holder()
    packet = given_packets.a_sponsored_packet(shares=1)
    given_packets.opened_by(packet, [claimer])
    assert relations_of(claimer) == []
