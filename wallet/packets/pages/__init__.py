"""Pages of red packets: those I sent and opened, the one behind a link, what anybody may check."""

from wallet.packets.pages.fair import fair, fair_packet, fair_program
from wallet.packets.pages.links import (
    CodePage,
    PhonePage,
    packet_link,
    packet_open,
    packet_poster,
    packet_qr,
    packet_seen,
)
from wallet.packets.pages.mine import packet, packet_new, packets, sponsor_packet_new
from wallet.packets.pages.words import KINDS, NOTICES, PAGES, SENTENCES

__all__ = [
    "KINDS",
    "NOTICES",
    "PAGES",
    "SENTENCES",
    "CodePage",
    "PhonePage",
    "fair",
    "fair_packet",
    "fair_program",
    "packet",
    "packet_link",
    "packet_new",
    "packet_open",
    "packet_poster",
    "packet_qr",
    "packet_seen",
    "packets",
    "sponsor_packet_new",
]
