"""What anybody may check of a packet and of its day, and who opened what."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from ledger.models import Entry
from ledger.rules import COIN, account_id, derived_id
from wallet.holders.models import Holder
from wallet.holders.rules import UnknownId
from wallet.packets import verify_packet
from wallet.packets.models import Packet, PacketDay
from wallet.packets.queries.packets import luckiest_share
from wallet.packets.rules import day_starts_at, packet_address

FORM = "flow-coin packet v1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """A share somebody opened: the how-manieth that was booked, and who, as others may know it."""

    order: int
    position: int
    coins: int
    began_after: int
    at: datetime
    who: str
    claimer_id: UUID
    is_luckiest: bool


def packet_with(packet_id: UUID) -> Packet:
    """Return a packet by its id, for what anybody may check.

    Raises:
        UnknownId: there is none.
    """
    found = Packet.objects.select_related("day").filter(pk=packet_id).first()
    if found is None:
        raise UnknownId("No packet has this id.")
    return found


def openings_of(packet: Packet) -> list[Opening]:
    """Return a packet's opened shares in the order the ledger booked them."""
    orders = _orders_of(packet)
    luckiest = luckiest_share(packet)
    opened = packet.shares.exclude(claimer=None).select_related("claimer")
    openings = [
        Opening(
            order=orders[derived_id(packet.pk, "claim", share.claimer_id)],
            position=share.position,
            coins=share.coins,
            began_after=share.began_after or 0,
            at=share.claimed_at,
            who=_who(share.claimer),
            claimer_id=share.claimer.pk,
            is_luckiest=luckiest is not None and share.pk == luckiest.pk,
        )
        for share in opened.prefetch_related("claimer__numbers")
        if share.claimer is not None and share.claimed_at is not None
    ]
    return sorted(openings, key=lambda opening: opening.order)


def _orders_of(packet: Packet) -> dict[UUID, int]:
    """Return, by posting, the how-manieth opening it was: the account's first version is the sending."""
    account = account_id(address=packet_address(packet.pk), asset=COIN)
    booked = Entry.objects.filter(account_id=account, transaction__kind="packet_claim")
    rows = booked.values_list("transaction_id", "version")
    return {posting: (version or 1) - 1 for posting, version in rows}


def _who(holder: Holder) -> str:
    """Return a person as those in the same packet may know it: a number with its middle hidden."""
    numbers = sorted(holder.numbers.all(), key=lambda number: number.added_at)
    return str(numbers[0]) if numbers else ""


def packet_facts(packet: Packet) -> dict[str, Any]:
    """Return what anybody may know of a packet, for `verify_packet`; who opened it is not in it."""
    is_over = packet.state != Packet.State.OPEN
    positions = packet.shares.order_by("position").values_list("coins", flat=True)
    return {
        "form": FORM,
        "id": str(packet.pk),
        "kind": packet.kind,
        "coins": packet.coins,
        "shares": packet.share_count,
        "state": packet.state,
        "made_at": _utc(packet.made_at),
        "expires_at": _utc(packet.expires_at),
        "ended_at": _utc(packet.ended_at),
        "commitment": bytes(packet.commitment).hex(),
        "day": day_facts(packet.day),
        "share_seed": bytes(packet.share_seed).hex() if is_over else None,
        "drawn": list(positions) if is_over else None,
        "returned": packet.coins_returned,
        "openings": [
            {
                "order": opening.order,
                "position": opening.position,
                "coins": opening.coins,
                "began_after": opening.began_after,
                "at": _utc(opening.at),
            }
            for opening in openings_of(packet)
        ],
    }


def broken_in(facts: dict[str, Any]) -> str:
    """Return what does not hold of a packet's facts, as `verify_packet` says it, or nothing."""
    try:
        verify_packet.verify(facts)
    except verify_packet.Broken as broken:
        return str(broken)
    return ""


def day_facts(day: PacketDay) -> dict[str, str | None]:
    """Return what anybody may know of a day's seed."""
    return {
        "day": f"{day.day:%Y-%m-%d}",
        "seed_hash": bytes(day.seed_hash).hex(),
        "published_at": _utc(day.published_at),
        "seed": bytes(day.seed).hex() if day.seed is not None else None,
        "revealed_at": _utc(day.revealed_at),
    }


def published_days() -> QuerySet[PacketDay]:
    """Return the days whose hashes are published, the latest first."""
    return PacketDay.objects.order_by("-day")


def is_published_before(day: PacketDay) -> bool:
    """Tell whether a day's hash was public before the day began."""
    return day.published_at < day_starts_at(day.day)


def _utc(at: datetime | None) -> str | None:
    return (
        at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z") if at else None
    )
