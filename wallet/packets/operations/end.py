"""End packets: when the last share is opened, and when their time is over."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, Max, OuterRef

from ledger.operations import post
from ledger.rules import COIN, Posting, derived_id, move
from wallet.holders.operations import tell
from wallet.packets.models import Packet, PacketShare
from wallet.packets.queries import free_shares, luckiest_share, source_of
from wallet.packets.rules import packet_address


def finish_empty_packets(*, now: datetime, limit: int = 500) -> int:
    """End the packets of which no share is left, and return how many."""
    free = PacketShare.objects.filter(packet=OuterRef("pk"), claimer=None, returned_at=None)
    empty = Packet.objects.filter(~Exists(free), state=Packet.State.OPEN).order_by("made_at", "pk")
    ids = list(empty.values_list("pk", flat=True)[:limit])
    return sum(_finished(packet_id=packet_id, now=now) for packet_id in ids)


def finish_packet(*, packet: Packet, now: datetime) -> bool:
    """End a packet if all its shares are opened; say whether it ended now."""
    return not free_shares(packet).exists() and _finished(packet_id=packet.pk, now=now)


def return_expired_packets(*, now: datetime, limit: int = 500) -> int:
    """Give back what nobody opened in time, a packet a transaction, and return how many."""
    due = Packet.objects.filter(state=Packet.State.OPEN, expires_at__lte=now)
    ids = list(due.order_by("expires_at", "pk").values_list("pk", flat=True)[:limit])
    return sum(_returned(packet_id=packet_id, now=now) for packet_id in ids)


def return_open_packets(*, now: datetime, limit: int = 500) -> int:
    """End packets before their time, because the service ends; return how many ended."""
    due = Packet.objects.filter(state=Packet.State.OPEN).order_by("pk")
    ids = list(due.values_list("pk", flat=True)[:limit])
    return sum(_returned(packet_id=packet_id, now=now) for packet_id in ids)


@transaction.atomic
def _finished(*, packet_id: UUID, now: datetime) -> bool:
    packet = _open_and_locked(packet_id)
    if packet is None or free_shares(packet).exists():
        return False
    _end(packet, state=Packet.State.FINISHED, now=now)
    return True


@transaction.atomic
def _returned(*, packet_id: UUID, now: datetime) -> bool:
    """Give a packet's free shares back, unless one of them is being opened at this moment.

    Nobody is waited for, so that a sweep and an opening can never wait for each other.
    """
    packet = _open_and_locked(packet_id)
    if packet is None:
        return False
    held = list(free_shares(packet).select_for_update(skip_locked=True, no_key=True))
    if len(held) != free_shares(packet).count():
        return False
    if not held:
        _end(packet, state=Packet.State.FINISHED, now=now)
        return True
    free_shares(packet).update(returned_at=now)
    packet.coins_returned = sum(share.coins for share in held)
    _end(packet, state=Packet.State.EXPIRED, now=now)
    source, target = packet_address(packet.pk), source_of(packet)
    post(
        Posting(
            id=derived_id(packet.pk, "return"),
            kind="packet_return",
            at=now,
            actor="task/return_expired_packets",
            legs=move(asset=COIN, amount=packet.coins_returned, source=source, target=target),
            metadata={"packet": str(packet.pk)},
        )
    )
    return True


def _open_and_locked(packet_id: UUID) -> Packet | None:
    rows = Packet.objects.select_for_update(of=("self",), no_key=True, skip_locked=True)
    return rows.select_related("sender").filter(pk=packet_id, state=Packet.State.OPEN).first()


def _end(packet: Packet, *, state: Packet.State, now: datetime) -> None:
    last = packet.shares.aggregate(at=Max("claimed_at"))["at"]
    packet.state = state
    packet.ended_at = last if state == Packet.State.FINISHED else now
    packet.save(update_fields=["state", "ended_at", "coins_returned"])
    _tell_sender(packet, now=now)
    luckiest = luckiest_share(packet)
    if luckiest is not None and luckiest.claimer is not None:
        facts: dict[str, str | int | None] = {"asset": COIN, "amount": luckiest.coins}
        tell(
            holder=luckiest.claimer,
            kind="packet_luckiest",
            subject_id=packet.pk,
            now=now,
            facts=facts,
        )


def _tell_sender(packet: Packet, *, now: datetime) -> None:
    if packet.state == Packet.State.FINISHED:
        tell(
            holder=packet.sender,
            kind="packet_finished",
            subject_id=packet.pk,
            now=now,
            facts={"asset": COIN, "amount": packet.coins, "shares": packet.share_count},
        )
    else:
        tell(
            holder=packet.sender,
            kind="packet_returned",
            subject_id=packet.pk,
            now=now,
            facts={"asset": COIN, "amount": packet.coins_returned},
        )
