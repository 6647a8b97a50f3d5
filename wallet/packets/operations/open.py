"""Open a packet: the lowest free share, once a person."""

from datetime import datetime
from pathlib import Path
from uuid import UUID

from django.db import connection, transaction

from ledger.models import Balance
from ledger.operations import post
from ledger.queries import coins_in
from ledger.refusals import Refusal
from ledger.rules import COIN, Posting, account_id, derived_id, move
from wallet.holders.models import Holder
from wallet.holders.operations import WalletFull, coins_max_of, lock_holder, refuse_frozen
from wallet.holders.queries import main_of
from wallet.packets.models import Packet, PacketShare
from wallet.packets.queries import free_shares
from wallet.packets.rules import packet_address
from wallet.sponsors.queries import is_member

_TAKE_SHARE = (Path(__file__).parents[1] / "sql" / "take_share_v1.sql").read_text()


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


@transaction.atomic
def open_packet(*, packet: Packet, claimer: Holder, now: datetime) -> PacketShare:
    """Give the packet's next share to a person, and return it; opened again, the same share.

    Openings wait for each other only at the posting. Nobody is refused once it holds a share, so
    that one opening passes another only while both are under way.

    Raises:
        HolderFrozen: the person may move nothing.
        OwnPacket: the person speaks for the sponsor.
        PacketExpired, PacketEmpty: it is too late.
        WalletFull: the person would have more coins than its tier may hold.
    """
    taker = lock_holder(claimer)
    found = Packet.objects.get(pk=packet.pk)
    mine = PacketShare.objects.filter(packet=found, claimer=taker).first()
    if mine is not None:
        return mine
    refuse_frozen(taker)
    if found.is_sponsored and is_member(sponsor_id=found.sender_id, holder=taker):
        raise OwnPacket("You speak for this sponsor; its packets are for others.")
    if found.state == Packet.State.EXPIRED or now >= found.expires_at:
        raise PacketExpired("This packet has expired.")
    share = _taken(packet=found, claimer=taker, now=now)
    source, target = packet_address(found.pk), main_of(taker)
    post(
        Posting(
            id=derived_id(found.pk, "claim", taker.pk),
            kind="packet_claim",
            at=now,
            actor=f"holder/{taker.pk}",
            legs=move(asset=COIN, amount=share.coins, source=source, target=target),
            metadata={"packet": str(found.pk)},
        )
    )
    return share


def _taken(*, packet: Packet, claimer: Holder, now: datetime) -> PacketShare:
    most = coins_max_of(claimer, now=now)
    room = most - coins_in(main_of(claimer))
    if room >= packet.largest_share:
        return _next_share(packet=packet, claimer=claimer, now=now)
    share = _next_share_within(room, packet=packet, claimer=claimer, now=now)
    if share is None:
        raise WalletFull(f"Your wallet holds at most {most} coins.", coins_max=most)
    return share


def _next_share(*, packet: Packet, claimer: Holder, now: datetime) -> PacketShare:
    """Take the lowest free share that nobody else is taking."""
    with connection.cursor() as cursor:
        cursor.execute(
            _TAKE_SHARE,
            {
                "packet": packet.pk,
                "account": _account_of(packet),
                "claimer": claimer.pk,
                "now": now,
            },
        )
        taken = cursor.fetchone()
    if taken is None:
        raise PacketEmpty("All shares have been opened.")
    return PacketShare.objects.get(pk=taken[0])


def _next_share_within(
    room: int, *, packet: Packet, claimer: Holder, now: datetime
) -> PacketShare | None:
    """Take the lowest free share if it fits into a nearly full wallet, else None.

    Looks before it locks and then waits its turn: had it to give back a share that it held, others
    would have passed that share with nothing to show why.
    """
    booked = Balance.objects.values_list("version", flat=True).get(pk=_account_of(packet)) - 1
    while True:
        share = free_shares(packet).order_by("position").first()
        if share is None:
            raise PacketEmpty("All shares have been opened.")
        if share.coins > room:
            return None
        share.claimer, share.claimed_at, share.began_after = claimer, now, booked
        still_free = free_shares(packet).filter(pk=share.pk)
        if still_free.update(claimer=claimer, claimed_at=now, began_after=booked):
            return share


def _account_of(packet: Packet) -> UUID:
    return account_id(address=packet_address(packet.pk), asset=COIN)
