"""The deeds of the played month with red packets."""

from datetime import datetime
from typing import TYPE_CHECKING

from config.demo.plan import Act
from ledger.queries import coins_in
from wallet.holders.queries import main_of
from wallet.packets.models import Packet
from wallet.packets.operations import (
    finish_empty_packets,
    note_visit,
    open_packet,
    publish_packet_days,
    return_expired_packets,
    reveal_packet_days,
    send_packet,
    send_sponsored_packet,
)
from wallet.packets.rules import visit_code
from wallet.sponsors.models import Sponsor

if TYPE_CHECKING:
    from config.demo.stage import Stage

GREETINGS = ("恭喜发财", "大家一起上网", "手快有", "")


def send(stage: "Stage", act: Act) -> object:
    """Send a red packet to a group, if there are coins for it; each fourth is an equal one."""
    sender = stage.people[act.who].holder
    if coins_in(main_of(sender)) < act.size:
        return None
    stage.packets[act.number] = send_packet(
        sender=sender,
        kind=Packet.Kind.LUCKY if act.number % 4 else Packet.Kind.EQUAL,
        coins=act.size,
        share_count=act.other,
        greeting=GREETINGS[act.number % len(GREETINGS)],
        key=stage.key(act),
        now=act.at,
    )
    return stage.packets[act.number]


def send_sponsored(stage: "Stage", act: Act) -> object:
    """Have the sponsor send a packet to whoever comes."""
    stage.packets[act.number] = send_sponsored_packet(
        sponsor=Sponsor.objects.get(pk=stage.tasks[0].campaign.sponsor_id),
        kind=Packet.Kind.LUCKY,
        coins=act.size,
        share_count=act.other,
        greeting=GREETINGS[0],
        key=stage.key(act),
        now=act.at,
    )
    return stage.packets[act.number]


def open_one(stage: "Stage", act: Act) -> object:
    """Open a packet that was sent to the group; every third came by a friend's link."""
    packet, holder = stage.packets.get(act.other), stage.people[act.who].holder
    if packet is None:
        return None
    if packet.is_sponsored:
        friend = stage.people[act.who - 1].holder if act.number % 3 == 0 else holder
        came_by = visit_code(packet_id=packet.pk, visitor=str(friend.pk))
        note_visit(packet=packet, visitor=str(holder.pk), came_by=came_by, now=act.at)
    return open_packet(packet=packet, claimer=holder, now=act.at)


def sweep(*, now: datetime, limit: int) -> None:
    """End packets, and publish and reveal days, as beat does."""
    publish_packet_days(now=now)
    finish_empty_packets(now=now, limit=limit)
    return_expired_packets(now=now, limit=limit)
    reveal_packet_days(now=now)
