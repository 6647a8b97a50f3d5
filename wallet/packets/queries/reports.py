"""What became of sponsored packets."""

from dataclasses import dataclass

from django.db.models import Count, Q, Sum

from wallet.packets.models import Packet
from wallet.packets.queries.packets import packets_sent_by
from wallet.sponsors.models import Sponsor

SHOWN_MAX = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class PacketReport:
    """What became of a sponsored packet: browsers that showed it, shares opened, coins given.

    `forwarded` browsers came by somebody else's forwarded link; `forwarders` are those people.
    """

    opens: int
    forwarded: int
    forwarders: int
    claims: int
    coins: int


def packets_of_sponsor(sponsor: Sponsor) -> list[tuple[Packet, PacketReport]]:
    """Return a sponsor's last 50 packets, the newest first, each with what became of it."""
    packets = list(packets_sent_by(sponsor.holder).filter(is_sponsored=True)[:SHOWN_MAX])
    ids = [packet.pk for packet in packets]
    opened = Q(shares__claimer__isnull=False)
    claims = {
        row["pk"]: row
        for row in Packet.objects.filter(pk__in=ids)
        .values("pk")
        .annotate(
            claims=Count("shares", filter=opened),
            coins=Sum("shares__coins", filter=opened, default=0),
        )
    }
    by_link = ~Q(visits__came_by="")
    visits = {
        row["pk"]: row
        for row in Packet.objects.filter(pk__in=ids)
        .values("pk")
        .annotate(
            opens=Count("visits"),
            forwarded=Count("visits", filter=by_link),
            forwarders=Count("visits__came_by", filter=by_link, distinct=True),
        )
    }
    return [
        (
            packet,
            PacketReport(
                opens=visits[packet.pk]["opens"],
                forwarded=visits[packet.pk]["forwarded"],
                forwarders=visits[packet.pk]["forwarders"],
                claims=claims[packet.pk]["claims"],
                coins=claims[packet.pk]["coins"],
            ),
        )
        for packet in packets
    ]
