"""Open a packet: the lowest free share, once a person."""

import json
from datetime import datetime
from pathlib import Path
from typing import Any, NoReturn
from uuid import UUID

from django.db import connection, transaction

from ledger.models import Balance
from ledger.operations import post, refusing
from ledger.queries import coins_in
from ledger.refusals import Refusal
from ledger.rules import COIN, Posting, account_id, derived_id, move
from wallet.holders.models import Holder
from wallet.holders.operations import WalletFull, coins_max_of, lock_holder, refuse_frozen
from wallet.holders.queries import main_of
from wallet.packets.models import Packet, PacketShare
from wallet.packets.queries import free_shares, share_opened
from wallet.packets.rules import packet_address
from wallet.sponsors.queries import is_member

_SQL = Path(__file__).parents[1] / "sql"
_OPEN_AT_ONCE = (_SQL / "open_packet_at_once_v2.sql").read_text()
_STAND_IN_LINE = (_SQL / "stand_in_line_v1.sql").read_text()


class PacketEmpty(Refusal):
    """All shares of the packet have been opened."""

    code = "packet_empty"


class PacketExpired(Refusal):
    """The packet's time is over."""

    code = "packet_expired"


class OwnPacket(Refusal):
    """Who speaks for a sponsor opens none of its packets."""

    code = "own_packet"
    status = 403


def open_packet(*, packet: Packet, claimer: Holder, now: datetime) -> PacketShare:
    """Give the packet's next share to a person, and return it; opened again, the same share.

    Openings wait for each other in one line, from the taking of the share to its commit. What
    nearly everybody meets is one call of the database, a transaction of its own unless the
    caller has one; whatever else there is to say is found out in a second.

    Raises:
        HolderFrozen: the person may move nothing.
        OwnPacket: the person speaks for the sponsor.
        PacketExpired, PacketEmpty: it is too late.
        WalletFull: the person would have more coins than its tier may hold.
    """
    if now < packet.expires_at and not _is_own(packet=packet, claimer=claimer):
        share = _opened_at_once(packet=packet, claimer=claimer, now=now)
        if share is not None:
            return share
    return _opened_with_care(packet=packet, claimer=claimer, now=now)


def _opened_at_once(*, packet: Packet, claimer: Holder, now: datetime) -> PacketShare | None:
    """Open the lowest free share if even the largest fits into the wallet; None: look into it."""
    posting = _payment(packet=packet, claimer=claimer, coins=packet.largest_share, now=now)
    source, target = (leg.address for leg in posting.legs)
    facts: dict[str, Any] = {
        "packet": packet.pk,
        "claimer": claimer.pk,
        "now": now,
        "posting": posting.id,
        "month": posting.posting_month(),
        "actor": posting.actor,
        "metadata": json.dumps(dict(posting.metadata)),
        "source": source,
        "target": target,
    }
    # Written out, at half of the mapper's time.
    with refusing(), connection.cursor() as cursor:
        cursor.execute(_OPEN_AT_ONCE, facts)
        names = [column.name for column in cursor.description]
        found = cursor.fetchone()
    return PacketShare.from_db(connection.alias, names, found) if found else None


@transaction.atomic
def _opened_with_care(*, packet: Packet, claimer: Holder, now: datetime) -> PacketShare:
    """Open a share where something may stand against it, or find the one opened before."""
    taker = lock_holder(claimer)
    mine = share_opened(packet=packet, holder=taker)
    if mine is not None:
        return mine
    _refuse_to_open(packet=packet, claimer=taker, now=now)
    share = _next_share_within(coins_max_of(taker, now=now), packet=packet, claimer=taker, now=now)
    post(_payment(packet=packet, claimer=taker, coins=share.coins, now=now))
    return share


def _payment(*, packet: Packet, claimer: Holder, coins: int, now: datetime) -> Posting:
    """Return the posting that pays a share: one a person, whoever asks and however often."""
    source, target = packet_address(packet.pk), main_of(claimer)
    return Posting(
        id=derived_id(packet.pk, "claim", claimer.pk),
        kind="packet_claim",
        at=now,
        actor=f"holder/{claimer.pk}",
        legs=move(asset=COIN, amount=coins, source=source, target=target),
        metadata={"packet": str(packet.pk)},
    )


def _is_own(*, packet: Packet, claimer: Holder) -> bool:
    """Tell whether a person speaks for the sponsor of this packet."""
    return packet.is_sponsored and is_member(sponsor_id=packet.sender_id, holder=claimer)


def _refuse_to_open(*, packet: Packet, claimer: Holder, now: datetime) -> None:
    refuse_frozen(claimer)
    if _is_own(packet=packet, claimer=claimer):
        raise OwnPacket("You speak for this sponsor; its packets are for others.")
    if now >= packet.expires_at:
        raise PacketExpired("This packet has expired.")


def _next_share_within(
    coins_max: int, *, packet: Packet, claimer: Holder, now: datetime
) -> PacketShare:
    """Take the lowest free share if it fits into a nearly full wallet.

    Looks before it locks and then waits for a sweep that may hold the share: had it to give back
    a share that it held, others would have passed that share with nothing to show why.
    """
    _stand_in_line(packet)
    room = coins_max - coins_in(main_of(claimer))
    booked = Balance.objects.values_list("version", flat=True).get(pk=_account_of(packet)) - 1
    while True:
        share = free_shares(packet).order_by("position").first()
        if share is None:
            _refuse_nothing_left(packet)
        if share.coins > room:
            raise WalletFull(f"Your wallet holds at most {coins_max} coins.", coins_max=coins_max)
        share.claimer, share.claimed_at, share.began_after = claimer, now, booked
        still_free = free_shares(packet).filter(pk=share.pk)
        if still_free.update(claimer=claimer, claimed_at=now, began_after=booked):
            return share


def _stand_in_line(packet: Packet) -> None:
    """Wait for one's turn among those who open this packet, and keep it until the commit."""
    with connection.cursor() as cursor:
        cursor.execute(_STAND_IN_LINE, {"packet": packet.pk})


def _refuse_nothing_left(packet: Packet) -> NoReturn:
    if packet.shares.exclude(returned_at=None).exists():
        raise PacketExpired("This packet has expired.")
    raise PacketEmpty("All shares have been opened.")


def _account_of(packet: Packet) -> UUID:
    return account_id(address=packet_address(packet.pk), asset=COIN)
