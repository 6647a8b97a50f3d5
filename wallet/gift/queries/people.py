"""Who gave whom: the relations that gifts made (关系链), and the words one side has for the other.

Relations are read from the claimed gifts themselves, so they cannot say anything else. Neither
side learns the other's number from a gift: it sees it with its middle hidden, or the name it keeps
for that number among its own contacts.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

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

    `gift` is the last gift between the two: naming it names the friend, without a number.
    """

    name: str
    given: int
    received: int
    last_at: datetime
    gift: str


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
    rows = list(
        between.annotate(friend=other)
        .values("friend")
        .annotate(
            given=Count("pk", filter=Q(sender=holder)),
            received=Count("pk", filter=Q(claimer=holder)),
            last_at=Max("ended_at"),
        )
        .order_by("-given", "-last_at", "friend")[:limit]
    )
    friends = [row["friend"] for row in rows]
    last = between.annotate(friend=other).filter(friend__in=friends).order_by("friend", "-ended_at")
    gifts = dict(last.distinct("friend").values_list("friend", "pk"))
    holders = Holder.objects.prefetch_related("numbers").in_bulk(friends)
    kept = names_by_number(holder)
    return [
        Friend(
            name=friend_words(holders[row["friend"]], kept=kept),
            given=row["given"],
            received=row["received"],
            last_at=row["last_at"],
            gift=opaque_id("gft", gifts[row["friend"]]),
        )
        for row in rows
    ]


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
