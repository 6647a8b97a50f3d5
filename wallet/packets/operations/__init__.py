"""Send packets, open their shares, give back the rest, and keep the draws honest."""

from wallet.packets.operations.days import (
    PacketsPaused,
    publish_packet_days,
    reveal_packet_days,
)
from wallet.packets.operations.end import (
    finish_empty_packets,
    finish_packet,
    return_expired_packets,
    return_open_packets,
)
from wallet.packets.operations.links import UnknownPacket, look_up_packet, note_visit
from wallet.packets.operations.open import OwnPacket, PacketEmpty, PacketExpired, open_packet
from wallet.packets.operations.send import (
    BadPacket,
    PacketLimitPassed,
    PacketTooLarge,
    send_packet,
    send_sponsored_packet,
)

__all__ = [
    "BadPacket",
    "OwnPacket",
    "PacketEmpty",
    "PacketExpired",
    "PacketLimitPassed",
    "PacketTooLarge",
    "PacketsPaused",
    "UnknownPacket",
    "finish_empty_packets",
    "finish_packet",
    "look_up_packet",
    "note_visit",
    "open_packet",
    "publish_packet_days",
    "return_expired_packets",
    "return_open_packets",
    "reveal_packet_days",
    "send_packet",
    "send_sponsored_packet",
]
