"""Publish the hash of each day's seed before the day, and the seed when its packets are over."""

import hashlib
from datetime import date, datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db import connection, transaction

from ledger.refusals import Refusal
from wallet.packets.models import Packet, PacketDay
from wallet.packets.rules import day_in, day_seed

DAYS_AHEAD = 7
# Whoever asked at the day's last instant has long been answered by then.
REVEALED_AFTER = timedelta(minutes=10)
_USE_DAY = (Path(__file__).parents[1] / "sql" / "use_day_v1.sql").read_text()


class PacketsPaused(Refusal):
    """The day's seed is public already, or is not the one whose hash was published."""

    code = "packets_paused"


def publish_packet_days(*, now: datetime, ahead: int = DAYS_AHEAD) -> list[date]:
    """Publish the hashes of the seeds of today and the days ahead, once each; return the new ones."""
    today = day_in(now)
    wanted = [today + timedelta(days=days) for days in range(ahead + 1)]
    there = set(PacketDay.objects.filter(day__in=wanted).values_list("day", flat=True))
    missing = [day for day in wanted if day not in there]
    _publish(missing, now=now)
    return missing


def reveal_packet_days(*, now: datetime) -> list[date]:
    """Reveal the seeds of past days whose last packet is over, and return those days."""
    over = day_in(now - REVEALED_AFTER)
    hidden = PacketDay.objects.filter(seed=None, day__lt=over).order_by("day")
    return [day for day in hidden.values_list("day", flat=True) if _revealed(day=day, now=now)]


def seed_in_use(*, now: datetime) -> bytes:
    """Return the seed of today for a draw, and keep it secret until the transaction ends.

    A day nobody published in advance is published now: its row says when.

    Raises:
        PacketsPaused: the seed is public, or not the one published.
    """
    today = day_in(now)
    hashed, revealed_at = _used(today) or (None, None)
    if hashed is None:
        _publish([today], now=now)
        hashed, revealed_at = _used(today) or (None, None)
    seed = day_seed(day=today, key=settings.LINK_KEY)
    if revealed_at is not None or hashed != hashlib.sha256(seed).digest():
        raise PacketsPaused("No packet can be drawn from this day's seed.")
    return seed


@transaction.atomic
def _revealed(*, day: date, now: datetime) -> bool:
    """Reveal one day's seed, unless a packet of it is open, or about to be.

    The row's lock waits for those who use the day; a later statement sees what they made.
    """
    row = PacketDay.objects.select_for_update(skip_locked=True).filter(day=day, seed=None).first()
    if row is None or Packet.objects.filter(day=day, state=Packet.State.OPEN).exists():
        return False
    seed = day_seed(day=day, key=settings.LINK_KEY)
    if hashlib.sha256(seed).digest() != bytes(row.seed_hash):
        return False
    row.seed, row.revealed_at = seed, now
    row.save(update_fields=["seed", "revealed_at"])
    return True


def _publish(days: list[date], *, now: datetime) -> None:
    rows = [
        PacketDay(
            day=day,
            seed_hash=hashlib.sha256(day_seed(day=day, key=settings.LINK_KEY)).digest(),
            published_at=now,
        )
        for day in days
    ]
    PacketDay.objects.bulk_create(rows, ignore_conflicts=True)


def _used(day: date) -> tuple[bytes, datetime | None] | None:
    with connection.cursor() as cursor:
        cursor.execute(_USE_DAY, {"day": day})
        found = cursor.fetchone()
    return (bytes(found[0]), found[1]) if found else None
