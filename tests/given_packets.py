"""Red packets for tests, made by operations."""

import uuid
from collections.abc import Iterable
from datetime import datetime

from tests import given
from wallet.holders.models import Holder
from wallet.packets.models import Packet, PacketShare
from wallet.packets.operations import open_packet, send_packet, send_sponsored_packet
from wallet.sponsors.models import Sponsor


def a_packet(
    *,
    sender: Holder | None = None,
    kind: str = "lucky",
    coins: int = 50,
    shares: int = 5,
    greeting: str = "",
    now: datetime = given.NOW,
) -> Packet:
    """Return a packet: from this sender, or from somebody who has just enough."""
    sender = sender or a_giver(coins=coins, now=now)
    return send_packet(
        sender=sender,
        kind=kind,
        coins=coins,
        share_count=shares,
        greeting=greeting,
        key=uuid.uuid4(),
        now=now,
    )


def a_giver(*, coins: int, now: datetime = given.NOW) -> Holder:
    """Return somebody known well enough to give this much in a day."""
    return given.a_holder(coins=coins, tier=2, now=now)


def a_sponsored_packet(
    sponsor: Sponsor | None = None,
    *,
    kind: str = "lucky",
    coins: int = 50,
    shares: int = 5,
    now: datetime = given.NOW,
) -> Packet:
    """Return a packet of a sponsor, who has just enough unless given."""
    return send_sponsored_packet(
        sponsor=sponsor or given.a_sponsor(coins=coins, now=now),
        kind=kind,
        coins=coins,
        share_count=shares,
        key=uuid.uuid4(),
        now=now,
    )


def opened_by(
    packet: Packet, people: Iterable[Holder], *, now: datetime = given.NOW
) -> list[PacketShare]:
    """Return the shares that these people open, one after the other."""
    return [open_packet(packet=packet, claimer=each, now=now) for each in people]
