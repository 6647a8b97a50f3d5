"""Packets of a holder, their links, what stands behind an address."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db.models import Count, Max, Q, QuerySet, Sum
from django.utils.translation import gettext as _

from ledger.registry import Cause
from ledger.rules import COIN, instant_in_words
from wallet.holders.models import Holder
from wallet.holders.queries import main_of
from wallet.holders.rules import UnknownId, day_of, opaque_id
from wallet.holders.set_aside import SetAside
from wallet.packets.models import Packet, PacketShare
from wallet.packets.rules import LUCKY, packet_address, token_of
from wallet.sponsors.rules import sponsor_budget

OPENINGS_OF_A_LUCKIEST_MIN = 2  # of one there is no luckiest


def packets_sent_by(holder: Holder) -> QuerySet[Packet]:
    """Return the packets a holder made, the newest first."""
    return Packet.objects.filter(sender=holder).order_by("-made_at", "-id")


def shares_opened_by(holder: Holder) -> QuerySet[PacketShare]:
    """Return the shares a holder opened, the newest first."""
    opened = PacketShare.objects.filter(claimer=holder).select_related("packet__sender")
    return opened.order_by("-claimed_at", "-id")


def packet_of(*, holder: Holder, packet_id: UUID) -> Packet:
    """Return a packet that a holder made or opened.

    Raises:
        UnknownId: it did neither.
    """
    mine = Q(sender=holder) | Q(shares__claimer=holder)
    found = Packet.objects.filter(mine, pk=packet_id).select_related("sender").first()
    if found is None:
        raise UnknownId("You have no such packet.")
    return found


def packets_made_on_day_of(now: datetime, *, holder: Holder) -> int:
    """Return how many packets a holder made on an Asia/Shanghai day."""
    start, end = day_of(now)
    return Packet.objects.filter(sender=holder, made_at__gte=start, made_at__lt=end).count()


def source_of(packet: Packet) -> str:
    """Return where a packet's coins came from, and go back to."""
    return sponsor_budget(packet.sender_id) if packet.is_sponsored else main_of(packet.sender)


def free_shares(packet: Packet) -> QuerySet[PacketShare]:
    """Return a packet's shares that nobody has opened and that were not returned."""
    return PacketShare.objects.filter(packet_id=packet.pk, claimer=None, returned_at=None)


def share_opened(*, packet: Packet, holder: Holder) -> PacketShare | None:
    """Return the share of a packet that a holder opened, if it did."""
    return PacketShare.objects.filter(packet=packet, claimer=holder).first()


def luckiest_share(packet: Packet) -> PacketShare | None:
    """Return the largest opened share of a lucky packet that is over, the first of equals."""
    if packet.kind != LUCKY or packet.state == Packet.State.OPEN:
        return None
    opened = packet.shares.exclude(claimer=None).select_related("claimer")
    if opened.count() < OPENINGS_OF_A_LUCKIEST_MIN:
        return None
    return opened.order_by("-coins", "position").first()


def token_for(packet: Packet) -> str:
    """Return the token of a packet's link."""
    return token_of(packet_id=packet.pk, key=settings.LINK_KEY)


def link_of(packet: Packet) -> str:
    """Return the link that lets friends open a packet."""
    return f"{settings.PUBLIC_URL}/p/{token_for(packet)}/"


def set_aside_in_packets(holder: Holder) -> Iterator[SetAside]:
    """Return what of a holder's waits in packets for friends to open."""
    open_packets = packets_sent_by(holder).filter(state=Packet.State.OPEN, is_sponsored=False)
    free = Q(shares__claimer=None, shares__returned_at=None)
    for packet in open_packets.annotate(free=Sum("shares__coins", filter=free, default=0)):
        name = opaque_id("pkt", packet.pk)
        yield SetAside(
            id=name,
            asset=COIN,
            amount=packet.free,
            url=f"/packets/{name}/",
            until=packet.expires_at,
        )


def met_in_packets(holder: Holder) -> Iterator[tuple[UUID, int, int, datetime]]:
    """Return each friend of a holder's packets: shares it opened, shares the holder got, the last.

    What a sponsor hands out makes no friends, nor does a share of one's own packet.
    """
    personal = PacketShare.objects.filter(packet__is_sponsored=False, claimer__isnull=False)
    opened = personal.filter(packet__sender=holder).exclude(claimer=holder)
    for friend, count, last in _counted(opened, friend="claimer"):
        yield friend, count, 0, last
    got = personal.filter(claimer=holder).exclude(packet__sender=holder)
    for friend, count, last in _counted(got, friend="packet__sender"):
        yield friend, 0, count, last


def _counted(shares: QuerySet[PacketShare], *, friend: str) -> Iterator[tuple[UUID, int, datetime]]:
    rows = shares.values(friend).annotate(shares=Count("pk"), last_at=Max("claimed_at"))
    yield from rows.order_by().values_list(friend, "shares", "last_at")


def cause_of_packet(address: str) -> Cause | None:
    """Return what stands behind `packet/<id>`."""
    packet = Packet.objects.filter(pk=UUID(address.split("/")[1])).first()
    if packet is None:
        return None
    facts = {
        _("状态"): packet.get_state_display(),
        _("种类"): packet.get_kind_display(),
        _("发送人"): opaque_id("hld", packet.sender_id),
        _("币"): str(packet.coins),
        _("共几份"): str(packet.share_count),
        _("已拆几份"): str(packet.shares.exclude(claimer=None).count()),
        _("退回的币"): str(packet.coins_returned),
        _("生成时间"): instant_in_words(packet.made_at),
        _("到期时间"): instant_in_words(packet.expires_at),
    }
    return Cause(
        title=_("红包 %(id)s") % {"id": opaque_id("pkt", packet.pk)},
        facts=facts,
        url=f"/admin/wallet/packet/{packet.pk}/change/",
    )


def packets_owned_by(holder: UUID, *, start: datetime, end: datetime) -> Iterator[str]:
    """Return where packets of a sender's waited at some time between two instants."""
    waited = Q(ended_at__isnull=True) | Q(ended_at__gte=start)
    rows = Packet.objects.filter(waited, sender=holder, made_at__lt=end)
    return (packet_address(packet) for packet in rows.values_list("pk", flat=True))


def personal_of_packet(packet: UUID) -> Mapping[str, str] | None:
    """Return what of a packet is personal: its words."""
    found = Packet.objects.filter(pk=packet).first()
    return {_("祝福语"): found.greeting} if found else None
