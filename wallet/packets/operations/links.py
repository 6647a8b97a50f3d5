"""Find the packet behind a link, and count who a sponsored one reached."""

from datetime import datetime

from ledger.refusals import Refusal
from wallet.holders.guesses import note_wrong_guess, refuse_guesser
from wallet.holders.rules import token_hash
from wallet.packets.models import Packet, PacketVisit
from wallet.packets.rules import visit_code


class UnknownPacket(Refusal):
    """No packet has this link."""

    code = "unknown_packet"
    status = 404


def look_up_packet(*, token: str, guesser: str, now: datetime) -> Packet:
    """Return the packet behind a link's token, whatever its state; nothing is opened.

    `guesser` is the network address it was asked from.

    Raises:
        TooManyGuesses: from there too many wrong links were tried this hour.
        UnknownPacket: no packet has this link.
    """
    refuse_guesser(guesser=guesser, now=now)
    packet = Packet.objects.filter(token_hash=token_hash(token)).select_related("sender").first()
    if packet is None:
        note_wrong_guess(guesser=guesser)
        raise UnknownPacket("No packet has this link.")
    return packet


def note_visit(*, packet: Packet, visitor: str, came_by: str, now: datetime) -> None:
    """Count a browser that showed a sponsored packet, once, and by whose forwarded link it came.

    A code of nobody's, or one's own, counts as the sponsor's link.
    """
    code = visit_code(packet_id=packet.pk, visitor=visitor)
    known = came_by != code and packet.visits.filter(code=came_by).exists()
    visit = PacketVisit(packet=packet, code=code, came_by=came_by if known else "", opened_at=now)
    PacketVisit.objects.bulk_create([visit], ignore_conflicts=True)
