"""What became of sponsored packets."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count, Q, QuerySet, Sum

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


def sponsored_packets_of(sponsor: Sponsor) -> QuerySet[Packet]:
    """Return the packets a sponsor pays for, the newest first."""
    return packets_sent_by(sponsor.holder).filter(is_sponsored=True)


def packets_of_sponsor(sponsor: Sponsor) -> list[tuple[Packet, PacketReport]]:
    """Return a sponsor's last 50 packets, the newest first, each with what became of it."""
    packets = list(sponsored_packets_of(sponsor)[:SHOWN_MAX])
    reports = reports_of(packets)
    return [(packet, reports[packet.pk]) for packet in packets]


def reports_of(packets: Iterable[Packet]) -> dict[UUID, PacketReport]:
    """Return what became of packets, by their ids."""
    asked = Packet.objects.filter(pk__in=[packet.pk for packet in packets])
    opened = Q(shares__claimer__isnull=False)
    claims = {
        row["pk"]: row
        for row in asked.values("pk").annotate(
            claims=Count("shares", filter=opened),
            coins=Sum("shares__coins", filter=opened, default=0),
        )
    }
    by_link = ~Q(visits__came_by="")
    visits = asked.values("pk").annotate(
        opens=Count("visits"),
        forwarded=Count("visits", filter=by_link),
        forwarders=Count("visits__came_by", filter=by_link, distinct=True),
    )
    return {
        row["pk"]: PacketReport(
            opens=row["opens"],
            forwarded=row["forwarded"],
            forwarders=row["forwarders"],
            claims=claims[row["pk"]]["claims"],
            coins=claims[row["pk"]]["coins"],
        )
        for row in visits
    }
