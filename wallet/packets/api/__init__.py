"""JSON: red packets of people and of sponsors, what is behind their links, what anybody may check."""

from wallet.packets.api.packets import (
    OnePacket,
    OpenPacket,
    PacketDays,
    PacketFacts,
    PacketLink,
    Packets,
)
from wallet.packets.api.sponsored import SponsoredPackets

__all__ = [
    "OnePacket",
    "OpenPacket",
    "PacketDays",
    "PacketFacts",
    "PacketLink",
    "Packets",
    "SponsoredPackets",
]
