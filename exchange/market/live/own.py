"""What changes of people's own orders: told to each holder alone, numbered, kept for a while."""

import asyncio
import json
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from exchange.market.tasks import MESSAGES_KEPT
from wallet.holders.rules import opaque_id

_OF_AN_ORDER = ("state", "open_lots", "filled_lots")


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """What a book's writer made of some orders, by holder; later ones have higher numbers."""

    number: int
    book: str
    orders: dict[str, list[list[str | int]]]


def message_in(entry: tuple[bytes, dict[bytes, bytes]]) -> Message:
    """Return a message from its place in Redis, whose moments never go back."""
    place, fields = entry
    milliseconds, _, nth = place.partition(b"-")
    told = json.loads(fields[b"text"])
    # All of it is read here, so that nothing of another shape is kept.
    orders: dict[str, list[list[str | int]]] = {
        UUID(holder).hex: [
            [str(UUID(order)), state, int(open_lots), int(filled_lots)]
            for order, state, open_lots, filled_lots in rows
        ]
        for holder, rows in told["orders"].items()
    }
    return Message(
        number=int(milliseconds) << 12 | int(nth), book=UUID(told["book"]).hex, orders=orders
    )


class OwnOrders:
    """The messages that came last, and a room for each holder who looks."""

    def __init__(self) -> None:
        self.number = 0
        self.is_stale = True
        self.rooms: dict[UUID, OwnRoom] = {}
        self._since = 0  # all that came after this number is kept
        self._kept: deque[Message] = deque(maxlen=MESSAGES_KEPT)

    def begin(self, kept: Iterable[Message]) -> None:
        """Know what Redis has kept, and be live from there."""
        self._kept.clear()
        self._kept.extend(kept)
        self._since = self._kept[0].number if self._kept else 0
        # One, not none, where nothing was told yet: who is told that has seen all there is.
        self.number = self._kept[-1].number if self._kept else 1
        self.is_stale = False
        for room in self.rooms.values():
            room.show(self.number)

    def take(self, message: Message) -> None:
        """Keep a message, and wake those whose orders it is about: nobody else."""
        self._kept.append(message)
        self.number = message.number
        if len(self._kept) == MESSAGES_KEPT:
            self._since = self._kept[0].number
        for holder in message.orders:
            room = self.rooms.get(UUID(holder))
            if room is not None:
                room.show(message.number)

    def turn_stale(self) -> None:
        """Say that orders may change unheard."""
        if not self.is_stale:
            self.is_stale = True
            for room in self.rooms.values():
                room.show(room.version)

    def enter(self, holder_id: UUID) -> "OwnRoom":
        """Return a holder's room."""
        room = self.rooms.setdefault(holder_id, OwnRoom(self, holder_id=holder_id))
        # What came since was about others: who comes back having seen more is told no less.
        room.version = self.number
        return room

    def changes(self, holder_id: UUID, *, since: int) -> list[dict[str, str | int]] | None:
        """Return a holder's orders that changed since a number, as they are now.

        None where that cannot be known, as of who comes for the first time: any may have changed.
        """
        if not since or not self._since <= since <= self.number:
            return None
        changed = {
            str(order): (message.book, fields)
            for message in self._kept
            if message.number > since
            for order, *fields in message.orders.get(holder_id.hex, ())
        }
        return [
            {
                "id": opaque_id("ord", UUID(order)),
                "book": opaque_id("bok", UUID(book)),
                **dict(zip(_OF_AN_ORDER, fields, strict=True)),
            }
            for order, (book, fields) in changed.items()
        ]


class OwnRoom:
    """One holder's orders, watched like a book; `version` is the number of what came last."""

    def __init__(self, orders: OwnOrders, *, holder_id: UUID) -> None:
        self.version = orders.number
        self.watchers: set[asyncio.Event] = set()
        self._orders = orders
        self._holder_id = holder_id

    @property
    def is_stale(self) -> bool:
        """Say whether orders may change unheard."""
        return self._orders.is_stale

    def show(self, version: int) -> None:
        """Have those who look see what came."""
        self.version = version
        for watcher in self.watchers:
            watcher.set()

    def leave(self, watcher: asyncio.Event) -> None:
        """Let one go who looked; the last one shuts the room."""
        self.watchers.discard(watcher)
        if not self.watchers:
            self._orders.rooms.pop(self._holder_id, None)

    def stale_frame(self) -> bytes:
        """Return the event that says that nothing is live."""
        return b'event: stale\ndata: {"book": null}\n\n'

    def frame(self, *, form: str, since: int) -> bytes:
        """Return the event that brings somebody up to now; orders are the same in every form."""
        del form
        changed = self._orders.changes(self._holder_id, since=since)
        text = json.dumps({"orders": changed}, separators=(",", ":"))
        return f"event: orders\ndata: {text}\n\n".encode()
