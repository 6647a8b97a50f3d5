"""The days' seeds: bound before the day, secret while a packet is open, public after."""

import hashlib
from datetime import datetime, timedelta

import pytest
from django.conf import settings
from pytest_django import Settings

from tests import given, given_packets
from wallet.packets.models import Packet, PacketDay
from wallet.packets.operations import (
    PacketsPaused,
    finish_empty_packets,
    publish_packet_days,
    return_expired_packets,
    reveal_packet_days,
)
from wallet.packets.queries import is_published_before
from wallet.packets.rules import day_in, day_seed, share_seed

pytestmark = pytest.mark.django_db


def test_hashes_are_published_for_a_week_ahead_once(now: datetime) -> None:
    days = publish_packet_days(now=now)
    today = day_in(now)
    assert days == [today + timedelta(days=ahead) for ahead in range(8)]
    assert publish_packet_days(now=now + timedelta(hours=1)) == []
    assert publish_packet_days(now=now + timedelta(days=1)) == [today + timedelta(days=8)]
    rows = PacketDay.objects.order_by("day")
    assert [is_published_before(row) for row in rows] == [False] + [True] * 8
    for row in rows:
        seed = day_seed(day=row.day, key=settings.LINK_KEY)
        assert bytes(row.seed_hash) == hashlib.sha256(seed).digest()
        assert row.seed is None


def test_a_packets_seed_follows_from_its_days(now: datetime) -> None:
    packet = given_packets.a_packet()
    seed = day_seed(day=day_in(now), key=settings.LINK_KEY)
    assert bytes(packet.share_seed) == share_seed(seed=seed, packet_id=packet.pk)
    assert packet.day.published_at == now


def test_a_seed_is_shown_when_the_days_last_packet_is_over(now: datetime) -> None:
    publish_packet_days(now=now - timedelta(days=2))
    packet = given_packets.a_packet()
    midnight = now.replace(hour=0, minute=0) + timedelta(days=1)
    assert packet.expires_at > midnight
    two_before, before = (packet.day_id - timedelta(days=back) for back in (2, 1))
    assert reveal_packet_days(now=now) == [two_before, before]
    assert reveal_packet_days(now=midnight + timedelta(hours=1)) == []
    return_expired_packets(now=packet.expires_at)
    assert reveal_packet_days(now=packet.expires_at) == [packet.day_id]
    row = PacketDay.objects.get(day=packet.day_id)
    assert row.revealed_at == packet.expires_at
    assert row.seed is not None
    assert hashlib.sha256(bytes(row.seed)).digest() == bytes(row.seed_hash)


def test_today_is_never_shown_though_its_packets_are_over(now: datetime) -> None:
    packet = given_packets.a_packet(coins=1, shares=1)
    given_packets.opened_by(packet, [given.a_holder()])
    assert finish_empty_packets(now=now) == 1
    midnight = now.replace(hour=0, minute=0) + timedelta(days=1)
    for late in (now, midnight, midnight + timedelta(minutes=9, seconds=59)):
        assert reveal_packet_days(now=late) == []
    assert reveal_packet_days(now=midnight + timedelta(minutes=10)) == [packet.day_id]


def test_nothing_is_drawn_from_a_seed_that_is_public(now: datetime) -> None:
    publish_packet_days(now=now)
    assert reveal_packet_days(now=now + timedelta(days=1)) == [day_in(now)]
    with pytest.raises(PacketsPaused):
        given_packets.a_packet()
    assert not Packet.objects.exists()


def test_another_key_neither_draws_nor_reveals(now: datetime, settings: Settings) -> None:
    publish_packet_days(now=now)
    settings.LINK_KEY = "another" * 10
    with pytest.raises(PacketsPaused):
        given_packets.a_packet()
    assert reveal_packet_days(now=now + timedelta(days=2)) == []
