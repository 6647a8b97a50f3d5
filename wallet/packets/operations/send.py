"""Make red packets: set the coins aside, draw all shares, show the hash that binds them."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction

from ledger.operations import post
from ledger.queries import coins_in
from ledger.refusals import Refusal
from ledger.rules import COIN, Posting, derived_id, move
from wallet.holders.models import Holder
from wallet.holders.operations import (
    checked_amount,
    lock_holder,
    refuse_frozen,
    refuse_short,
    refuse_unproved,
)
from wallet.holders.queries import coins_given_on_day_of, made_before, main_of
from wallet.holders.rules import read_greeting, token_hash
from wallet.packets.models import Packet, PacketShare
from wallet.packets.operations.days import seed_in_use
from wallet.packets.queries import packets_made_on_day_of, source_of
from wallet.packets.rules import (
    EQUAL,
    commitment_of,
    day_in,
    drawn,
    packet_address,
    share_seed,
    token_of,
)
from wallet.policy.queries import policy_int
from wallet.sponsors.models import Sponsor
from wallet.sponsors.operations import SponsorBudgetSpent


class BadPacket(Refusal):
    """A packet is equal or lucky, has a coin for each share, and equal shares are equal."""

    code = "bad_packet"
    status = 422


class PacketTooLarge(Refusal):
    """A packet has more coins or shares than any may have."""

    code = "packet_too_large"


class PacketLimitPassed(Refusal):
    """What the sender gives today would pass the limit of its tier."""

    code = "packet_limit_passed"


@transaction.atomic
def send_packet(
    *,
    sender: Holder,
    kind: str,
    coins: int,
    share_count: int,
    greeting: str = "",
    key: UUID,
    now: datetime,
) -> Packet:
    """Set coins aside under a link that friends may open, a share each, and return the packet.

    Asked again with the same key, the first packet comes back.

    Raises:
        BadAmount, BadPacket, BadGreeting: what was asked makes no packet.
        KeyReused: the key already names a different packet.
        HolderFrozen: the sender may move nothing.
        PacketTooLarge: there are too many coins or shares for one packet.
        PacketLimitPassed: the sender would give more today than its tier may.
        NotProved: a number of the sender may have a new owner.
        NotEnoughCoins: the sender has fewer coins than asked.
        PacketsPaused: nothing can be drawn from the day's seed.
    """
    asked = _checked(kind=kind, coins=coins, share_count=share_count, greeting=greeting)
    packet_id = derived_id(sender.pk, "send_packet", key)
    rows = Packet.objects.select_related("sender")
    if before := made_before(rows, row_id=packet_id, asked=asked):
        return before
    held = lock_holder(sender)
    if before := made_before(rows, row_id=packet_id, asked=asked):
        return before
    refuse_frozen(held)
    _refuse_too_large(coins=coins, share_count=share_count, now=now)
    _refuse_beyond_limits(sender=held, coins=coins, now=now)
    refuse_unproved(holder=held, coins=coins, now=now)
    refuse_short(address=main_of(held), asset=COIN, amount=coins)
    packet = Packet(id=packet_id, sender=held, **asked)
    return _made(packet=packet, actor=f"holder/{held.pk}", now=now)


@transaction.atomic
def send_sponsored_packet(
    *,
    sponsor: Sponsor,
    kind: str,
    coins: int,
    share_count: int,
    greeting: str = "",
    key: UUID,
    now: datetime,
) -> Packet:
    """Set coins of a sponsor's budget aside under a link that anybody may open, once each.

    Asked again with the same key, the first packet comes back.

    Raises:
        SponsorBudgetSpent: the sponsor has fewer coins than asked.
        Otherwise as `send_packet`; no tier limits a sponsor.
    """
    asked = _checked(kind=kind, coins=coins, share_count=share_count, greeting=greeting)
    packet_id = derived_id(sponsor.pk, "send_sponsored_packet", key)
    held = lock_holder(sponsor.holder)
    rows = Packet.objects.select_related("sender")
    if before := made_before(rows, row_id=packet_id, asked=asked):
        return before
    refuse_frozen(held)
    _refuse_too_large(coins=coins, share_count=share_count, now=now)
    packet = Packet(id=packet_id, sender=held, is_sponsored=True, **asked)
    # Exact: whatever leaves this budget does so under the sponsor's lock.
    left = coins_in(source_of(packet))
    if left < coins:
        raise SponsorBudgetSpent(f"{coins} coins asked, {left} left.", coins=coins, left=left)
    return _made(packet=packet, actor=f"sponsor/{held.pk}", now=now)


def _checked(*, kind: str, coins: int, share_count: int, greeting: str) -> dict[str, Any]:
    """Return what makes a packet, in its columns."""
    if kind not in Packet.Kind.values:
        raise BadPacket("A packet is equal or lucky.", field="kind")
    checked_amount(coins)
    if isinstance(share_count, bool) or not 1 <= share_count <= coins:
        raise BadPacket("A packet has a coin at least for each share.", field="share_count")
    if kind == EQUAL and coins % share_count:
        raise BadPacket("The coins cannot be parted equally.", field="coins")
    return {
        "kind": kind,
        "coins": coins,
        "share_count": share_count,
        "greeting": read_greeting(greeting),
    }


def _made(*, packet: Packet, actor: str, now: datetime) -> Packet:
    """Draw the shares, bind them, write them and set the coins aside."""
    seed = share_seed(seed=seed_in_use(now=now), packet_id=packet.pk)
    shares = drawn(kind=packet.kind, coins=packet.coins, share_count=packet.share_count, seed=seed)
    packet.token_hash = token_hash(token_of(packet_id=packet.pk, key=settings.LINK_KEY))
    packet.day_id = day_in(now)
    packet.share_seed = seed
    packet.commitment = commitment_of(seed=seed, shares=shares)
    packet.largest_share = max(shares)
    packet.made_at = now
    packet.expires_at = now + timedelta(hours=policy_int("packet.expires_hours", now=now))
    packet.save(force_insert=True)
    PacketShare.objects.bulk_create(
        PacketShare(packet=packet, position=position, coins=coins)
        for position, coins in enumerate(shares, 1)
    )
    source, target = source_of(packet), packet_address(packet.pk)
    post(
        Posting(
            id=packet.pk,
            kind="packet_send",
            at=now,
            actor=actor,
            legs=move(asset=COIN, amount=packet.coins, source=source, target=target),
            metadata={"packet": str(packet.pk)},
        )
    )
    return packet


def _refuse_too_large(*, coins: int, share_count: int, now: datetime) -> None:
    coins_max = policy_int("packet.coins_max", now=now)
    shares_max = policy_int("packet.shares_max", now=now)
    if coins > coins_max or share_count > shares_max:
        raise PacketTooLarge(
            f"A packet has at most {coins_max} coins and {shares_max} shares.",
            coins_max=coins_max,
            shares_max=shares_max,
        )


def _refuse_beyond_limits(*, sender: Holder, coins: int, now: datetime) -> None:
    tier = f"tier.{sender.tier}"
    most = policy_int("gift.count_per_day_max", now=now, scope=tier)
    if packets_made_on_day_of(now, holder=sender) >= most:
        raise PacketLimitPassed(f"You may make {most} packets a day.", limit="count", most=most)
    most = policy_int("gift.coins_per_day_max", now=now, scope=tier)
    left = max(most - coins_given_on_day_of(now, holder=sender), 0)
    if coins > left:
        raise PacketLimitPassed(
            f"You may give {most} coins a day; {left} are left today.",
            limit="coins",
            most=most,
            left=left,
        )
