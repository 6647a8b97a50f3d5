"""Reads of packets: those of a holder, who opened what, what anybody may check."""

from wallet.packets.queries.facts import (
    Opening,
    broken_in,
    day_facts,
    is_published_before,
    openings_of,
    packet_facts,
    packet_with,
    published_days,
)
from wallet.packets.queries.packets import (
    cause_of_packet,
    free_shares,
    link_of,
    luckiest_share,
    packet_of,
    packets_made_on_day_of,
    packets_owned_by,
    packets_sent_by,
    personal_of_packet,
    set_aside_in_packets,
    share_opened,
    shares_opened_by,
    source_of,
    token_for,
)
from wallet.packets.queries.reports import (
    PacketReport,
    packets_of_sponsor,
)

__all__ = [
    "Opening",
    "PacketReport",
    "broken_in",
    "cause_of_packet",
    "day_facts",
    "free_shares",
    "is_published_before",
    "link_of",
    "luckiest_share",
    "openings_of",
    "packet_facts",
    "packet_of",
    "packet_with",
    "packets_made_on_day_of",
    "packets_of_sponsor",
    "packets_owned_by",
    "packets_sent_by",
    "personal_of_packet",
    "published_days",
    "set_aside_in_packets",
    "share_opened",
    "shares_opened_by",
    "source_of",
    "token_for",
]
