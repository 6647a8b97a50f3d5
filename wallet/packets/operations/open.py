"""Open a packet: the lowest free share, once a person."""

from datetime import datetime
from pathlib import Path
from typing import NoReturn
from uuid import UUID

from django.db import transaction

from ledger.models import Balance
from ledger.operations import post
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
    if taker.frozen_at is not None or packet.is_sponsored or now >= packet.expires_at:
        mine = share_opened(packet=packet, holder=taker)
        if mine is not None:
            return mine
        _refuse_to_open(packet=packet, claimer=taker, now=now)
    most = coins_max_of(taker, now=now)
    share = _next_share(packet=packet, claimer=taker, coins_max=most, now=now)
    if share is None:
        mine = share_opened(packet=packet, holder=taker)
        if mine is not None:
            return mine
        share = _next_share_within(most, packet=packet, claimer=taker, now=now)
    source, target = packet_address(packet.pk), main_of(taker)
    post(
        Posting(
            id=derived_id(packet.pk, "claim", taker.pk),
            kind="packet_claim",
            at=now,
            actor=f"holder/{taker.pk}",
            legs=move(asset=COIN, amount=share.coins, source=source, target=target),
            metadata={"packet": str(packet.pk)},
        )
    )
    return share


def _refuse_to_open(*, packet: Packet, claimer: Holder, now: datetime) -> None:
    refuse_frozen(claimer)
    if packet.is_sponsored and is_member(sponsor_id=packet.sender_id, holder=claimer):
        raise OwnPacket("You speak for this sponsor; its packets are for others.")
    if now >= packet.expires_at:
        raise PacketExpired("This packet has expired.")


def _next_share(
    *, packet: Packet, claimer: Holder, coins_max: int, now: datetime
) -> PacketShare | None:
    """Take the lowest free share that nobody is taking, if even the largest fits into the wallet.

    One statement for what nearly everybody meets; None says that something else is to be found out.
    """
    facts = {
        "packet": packet.pk,
        "packet_account": _account_of(packet),
        "claimer": claimer.pk,
        "wallet_account": account_id(address=main_of(claimer), asset=COIN),
        "coins_before_max": coins_max - packet.largest_share,
        "now": now,
    }
    return next(iter(PacketShare.objects.raw(_TAKE_SHARE, facts)), None)


def _next_share_within(
    coins_max: int, *, packet: Packet, claimer: Holder, now: datetime
) -> PacketShare:
    """Take the lowest free share if it fits into a nearly full wallet.

    Looks before it locks and then waits its turn: had it to give back a share that it held, others
    would have passed that share with nothing to show why.
    """
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


def _refuse_nothing_left(packet: Packet) -> NoReturn:
    if packet.shares.exclude(returned_at=None).exists():
        raise PacketExpired("This packet has expired.")
    raise PacketEmpty("All shares have been opened.")


def _account_of(packet: Packet) -> UUID:
    return account_id(address=packet_address(packet.pk), asset=COIN)
