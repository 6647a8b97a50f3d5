"""N2: the draw is bound before anybody opens, cannot be guessed from what is public, and is shown after."""

import hashlib
import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from tests import given, given_packets
from wallet.holders.rules import opaque_id
from wallet.packets.models import Packet
from wallet.packets.operations import (
    finish_packet,
    publish_packet_days,
    reveal_packet_days,
)
from wallet.packets.rules import day_in, day_seed, drawn, share_seed
from wallet.packets.verify_packet import commitment_of, verify

pytestmark = pytest.mark.django_db

COINS, SHARES = 30, 3
DRAWS = 60_000


@pytest.fixture
def packet(now: datetime) -> Packet:
    publish_packet_days(now=now - timedelta(days=3))
    return given_packets.a_packet(coins=COINS, shares=SHARES)


def public(packet: Packet) -> dict[str, Any]:
    """Return what the site tells anybody of a packet."""
    path = f"/fair/packets/{opaque_id('pkt', packet.pk)}.json"
    facts: dict[str, Any] = json.loads(Client().get(path).content)
    return facts


def splits() -> Iterator[list[int]]:
    """Return every way in which 30 coins can lie in three shares, in order."""
    for first in range(1, COINS - 1):
        for second in range(1, COINS - first):
            yield [first, second, COINS - first - second]


def snipe(commitment: str, *, seeds: Iterator[bytes]) -> list[list[int]]:
    """Return the splits that the commitment binds, with any of these seeds in front."""
    return [
        shares for seed in seeds for shares in splits() if commitment_of(seed, shares) == commitment
    ]


def guesses(packet: Packet, facts: dict[str, Any]) -> Iterator[bytes]:
    """Return every seed that somebody may try who knows all that is public."""
    known = [
        b"",
        packet.pk.bytes,
        str(packet.pk).encode(),
        opaque_id("pkt", packet.pk).encode(),
        bytes.fromhex(facts["commitment"]),
        bytes.fromhex(facts["day"]["seed_hash"]),
        facts["day"]["seed_hash"].encode(),
        facts["day"]["day"].encode(),
        facts["made_at"].encode(),
        *(bytes.fromhex(day["seed"]) for day in _days() if day["seed"]),
    ]
    yield from known
    yield from (hashlib.sha256(each).digest() for each in known)
    yield from (share_seed(seed=each, packet_id=packet.pk) for each in known if each)


def _days() -> list[dict[str, str]]:
    days: list[dict[str, str]] = json.loads(Client().get("/fair/days.json").content)
    return days


def test_a_small_packet_cannot_be_sniped_from_what_is_public(packet: Packet, now: datetime) -> None:
    assert reveal_packet_days(now=now) != []  # earlier days' seeds are public, and of no use
    facts = public(packet)
    assert snipe(facts["commitment"], seeds=guesses(packet, facts)) == []
    # The search is no straw man: with the seed inside it finds the one split there is.
    seed = bytes(packet.share_seed)
    found = snipe(facts["commitment"], seeds=iter([seed]))
    assert found == [list(packet.shares.order_by("position").values_list("coins", flat=True))]


def test_without_the_seed_inside_it_would_be_sniped(packet: Packet) -> None:
    shares = list(packet.shares.order_by("position").values_list("coins", flat=True))
    naive = commitment_of(b"", shares)
    assert snipe(naive, seeds=iter([b""])) == [shares]


def test_nothing_secret_is_told_while_it_is_open(packet: Packet) -> None:
    given_packets.opened_by(packet, [given.a_holder()])
    hidden = {
        bytes(packet.share_seed).hex(),
        day_seed(day=day_in(given.NOW), key=settings.LINK_KEY).hex(),
    }
    name = opaque_id("pkt", packet.pk)
    for path in (
        f"/fair/packets/{name}.json",
        f"/fair/packets/{name}/",
        "/fair/",
        "/fair/days.json",
    ):
        page = Client().get(path).content.decode()
        assert not [each for each in hidden if each in page], path
    facts = public(packet)
    assert (facts["share_seed"], facts["drawn"], facts["day"]["seed"]) == (None, None, None)
    assert [each["position"] for each in facts["openings"]] == [1]


def test_what_was_bound_is_what_is_shown(packet: Packet, now: datetime) -> None:
    before = public(packet)
    given_packets.opened_by(packet, [given.a_holder() for _ in range(SHARES)])
    finish_packet(packet=packet, now=now)
    after = public(packet)
    assert after["commitment"] == before["commitment"]
    assert "not shown yet" in verify(after, commitment=before["commitment"])[-1]
    assert reveal_packet_days(now=now + timedelta(days=1))[-1] == day_in(now)
    shown = verify(public(packet), commitment=before["commitment"])
    assert shown[-1].endswith("published before the day.")


def test_each_position_is_worth_the_same(now: datetime) -> None:
    seed = day_seed(day=day_in(now), key="a key of this test")
    sums = [0] * 10
    for number in range(DRAWS):
        packet = hashlib.sha256(number.to_bytes(4, "big")).digest()
        drawn_seed = hashlib.sha256(seed + packet).digest()
        for place, coins in enumerate(
            drawn(kind="lucky", coins=20, share_count=10, seed=drawn_seed)
        ):
            sums[place] += coins
    assert sum(sums) == 20 * DRAWS
    assert max(abs(total - 2 * DRAWS) for total in sums) * 100 <= 2 * DRAWS
