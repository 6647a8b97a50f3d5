"""Who gave whom: the relations that gifts made (关系链), and the words one side has for the other.

Relations are read from the claimed gifts themselves, and from what others register (red packets),
so they cannot say anything else. Neither
side learns the other's number from a gift: it sees it with its middle hidden, or the name it keeps
for that number among its own contacts.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Case, Count, F, Max, Q, UUIDField, When

from wallet.carriers.rules import masked
from wallet.contacts.queries import contact_of, names_by_number
from wallet.gift.models import Gift
from wallet.gift.queries.gifts import gift_of
from wallet.holders.models import Holder
from wallet.holders.rules import opaque_id, uuid_in

RELATIONS_MAX = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Friend:
    """Somebody a holder has given to or received from.

    `gift` is the last gift between the two: naming it names the friend, without a number. It is
    empty while there was none, only red packets.
    """

    name: str
    given: int
    received: int
    last_at: datetime
    gift: str


@dataclass(frozen=True, slots=True)
class Met:
    """How often a holder gave to a friend and received from it, and when last."""

    friend: UUID
    given: int
    received: int
    last_at: datetime

    def __add__(self, other: "Met") -> "Met":
        return Met(
            self.friend,
            self.given + other.given,
            self.received + other.received,
            max(self.last_at, other.last_at),
        )


Source = Callable[[Holder], Iterable[Met]]

_sources: list[Source] = []


def register_relations(source: Source) -> None:
    """Add another way in which holders give to each other; this folder knows only gifts."""
    _sources.append(source)


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipient:
    """Who alone may claim a gift: a number, or the other side of an earlier gift, or nobody alone."""

    locked_to: str = ""
    friend_of: Gift | None = None


def recipient_in(text: str, *, holder: Holder) -> Recipient:
    """Return whom a holder means: a typed number, a contact (`ctc_…`), the friend of a gift (`gft_…`).

    Raises:
        UnknownId: the holder has no such contact, or no part in such a gift.
    """
    if text.startswith("ctc_"):
        contact = contact_of(holder=holder, contact_id=uuid_in("ctc", text))
        return Recipient(locked_to=contact.msisdn)
    if text.startswith("gft_"):
        return Recipient(friend_of=gift_of(holder=holder, gift_id=uuid_in("gft", text)))
    return Recipient(locked_to=text)


def relations_of(holder: Holder, *, limit: int = RELATIONS_MAX) -> list[Friend]:
    """Return whom a holder has given to and received from, those given to most often first."""
    between = Gift.objects.filter(Q(sender=holder) | Q(claimer=holder), state=Gift.State.CLAIMED)
    other = Case(
        When(sender=holder, then=F("claimer_id")),
        default=F("sender_id"),
        output_field=UUIDField(),
    )
    rows = between.annotate(friend=other).values("friend")
    counted = rows.annotate(
        given=Count("pk", filter=Q(sender=holder)),
        received=Count("pk", filter=Q(claimer=holder)),
        last_at=Max("ended_at"),
    ).values_list("friend", "given", "received", "last_at")
    met = _merged(Met(*row) for row in counted.order_by())
    met = _merged([*met, *(one for source in _sources for one in source(holder))])[:limit]
    friends = [one.friend for one in met]
    last = between.annotate(friend=other).filter(friend__in=friends).order_by("friend", "-ended_at")
    gifts = dict(last.distinct("friend").values_list("friend", "pk"))
    holders = Holder.objects.prefetch_related("numbers").in_bulk(friends)
    kept = names_by_number(holder)
    return [
        Friend(
            name=friend_words(holders[one.friend], kept=kept),
            given=one.given,
            received=one.received,
            last_at=one.last_at,
            gift=opaque_id("gft", gifts[one.friend]) if one.friend in gifts else "",
        )
        for one in met
    ]


def _merged(rows: Iterable[Met]) -> list[Met]:
    """Return what there was with each friend in one row, those given to most often first."""
    by_friend: dict[UUID, Met] = {}
    for row in rows:
        known = by_friend.get(row.friend)
        by_friend[row.friend] = row if known is None else known + row
    return sorted(
        by_friend.values(), key=lambda one: (-one.given, -one.last_at.timestamp(), one.friend)
    )


def friend_words(friend: Holder | None, *, kept: Mapping[str, str] | None = None) -> str:
    """Say who a holder is: its name among the contacts a reader keeps, or its masked number.

    `kept` is what the reader calls numbers (`names_by_number`).
    """
    if friend is None:
        return ""
    numbers = sorted(friend.numbers.all(), key=lambda number: (number.added_at, number.pk))
    names = [kept[number.msisdn] for number in numbers if kept and number.msisdn in kept]
    return next(iter([*names, *map(str, numbers)]), "")


def claimer_words(gift: Gift, *, kept: Mapping[str, str] | None = None) -> str:
    """Say who claimed a gift, as its sender may know it."""
    return friend_words(gift.claimer, kept=kept)


def sender_words(gift: Gift, *, kept: Mapping[str, str] | None = None) -> str:
    """Say who sent a gift, as whoever has its link may know it."""
    return friend_words(gift.sender, kept=kept)


def meant_words(gift: Gift, *, kept: Mapping[str, str] | None = None) -> str:
    """Say who alone may claim a gift, as whoever has its link may know it; nothing if all may."""
    if gift.for_holder is not None:
        return friend_words(gift.for_holder, kept=kept)
    if kept and gift.locked_to in kept:
        return kept[gift.locked_to]
    return masked(msisdn=gift.locked_to) if gift.locked_to else ""
