"""Hear what is told of books and orders in Redis, once for everybody in this process."""

import asyncio
import json
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Iterator
from typing import Any
from uuid import UUID

import structlog
from django.conf import settings
from redis import RedisError
from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

from exchange.market.live.own import Message, OwnOrders, message_in
from exchange.market.live.rooms import Room
from exchange.market.tasks import CHANNEL, ORDERS_STREAM
from wallet.holders.rules import opaque_id

VIEWERS_MAX = 2_000  # of this process; more processes take more
VIEWERS_OF_ONE_MAX = 20
REDIS_SECONDS_MAX = 2
LISTEN_SECONDS = 1.0
LISTEN_MS = 1_000
RETRY_SECONDS = 1.0
# A picture comes at least every minute; after this long nothing is live any more.
SILENCE_SECONDS_MAX = 150.0

_OF_A_MESSAGE = ("channel", "data")
# What a text raises that is not what a writer tells: another version's, or somebody else's.
_MALFORMED = (KeyError, TypeError, ValueError, AttributeError)

log = structlog.get_logger(__name__)


class Hub:
    """The rooms of this process, kept by one subscription."""

    def __init__(self) -> None:
        self.rooms: dict[UUID, Room] = {}
        self.own = OwnOrders()
        self.viewers: Counter[UUID] = Counter()
        self._redis: Redis | None = None
        self._hearing: list[asyncio.Task[None]] = []

    def start(self) -> None:
        """Begin to listen, once."""
        if not self._hearing:
            self._hearing = [
                asyncio.create_task(_always(self._listen, lost=self._lose)),
                asyncio.create_task(_always(self._follow_orders, lost=self.own.turn_stale)),
            ]

    async def stop(self) -> None:
        """Listen no more."""
        for task in self._hearing:
            task.cancel()
        await asyncio.gather(*self._hearing, return_exceptions=True)
        self._hearing = []

    def has_room_for(self, holder_id: UUID) -> bool:
        """Say whether one more may look."""
        return self.viewers.total() < VIEWERS_MAX and self.viewers[holder_id] < VIEWERS_OF_ONE_MAX

    def leave(self, holder_id: UUID) -> None:
        """Count one viewer less."""
        self.viewers[holder_id] -= 1
        if not self.viewers[holder_id]:
            del self.viewers[holder_id]

    async def enter(self, book_id: UUID) -> Room:
        """Return a book's room, with the picture that was told last."""
        self.start()
        room = self.rooms.get(book_id)
        if room is None:
            room = self.rooms[book_id] = Room(book=opaque_id("bok", book_id))
            await self._recall(book_id)
        return room

    def _lose(self) -> None:
        self._redis = None
        self._turn_stale()

    async def _follow_orders(self) -> None:
        """Read what writers tell of orders: from what is kept, so that nothing is missed between."""
        async with _client() as client:
            kept: Any = await client.xrange(ORDERS_STREAM)
            place = kept[-1][0] if kept else b"0-0"
            self.own.begin(_understood(kept))
            while True:
                told: Any = await client.xread({ORDERS_STREAM: place}, block=LISTEN_MS)
                for entry in told[0][1] if told else ():
                    place = entry[0]
                    for message in _understood([entry]):
                        self.own.take(message)

    async def _listen(self) -> None:
        async with _client() as client, client.pubsub(ignore_subscribe_messages=True) as listening:
            await listening.psubscribe(f"{CHANNEL}*")
            self._redis = client
            for book_id in list(self.rooms):
                await self._recall(book_id)
            while True:
                message = await listening.get_message(timeout=LISTEN_SECONDS)
                if message is not None:
                    channel, text = (message[key].decode(errors="replace") for key in _OF_A_MESSAGE)
                    self._take(channel, text)
                self._turn_stale(silent_since=time.monotonic() - SILENCE_SECONDS_MAX)

    async def _recall(self, book_id: UUID) -> None:
        """Show what was told of a book before anybody here listened."""
        if self._redis is None:
            return
        try:
            text = await self._redis.hget(f"{CHANNEL}{book_id}", "text")
        except (RedisError, OSError):
            return  # whoever listens finds out as well
        if text:
            self._take(f"{CHANNEL}{book_id}", text if isinstance(text, str) else text.decode())

    def _take(self, channel: str, text: str) -> None:
        try:
            room = self.rooms.get(UUID(channel.removeprefix(CHANNEL)))
            version = int(json.loads(text)["version"])
        except _MALFORMED:
            log.warning("picture_not_understood", channel=channel, exc_info=True)
            return
        if room is not None:
            room.take(version=version, text=text, at=time.monotonic())

    def _turn_stale(self, *, silent_since: float | None = None) -> None:
        for room in self.rooms.values():
            if silent_since is None or room.told_at < silent_since:
                room.turn_stale()


async def _always(listen: Callable[[], Awaitable[None]], *, lost: Callable[[], None]) -> None:
    """Listen for ever; whenever that ends, say so and begin again."""
    while True:
        try:
            await listen()
        except (RedisError, OSError):
            log.warning("market_not_heard", exc_info=True)
        finally:
            # Whatever ended it, nobody who looks is to think that all is live.
            lost()
        await asyncio.sleep(RETRY_SECONDS)


def _understood(entries: Iterable[tuple[bytes, dict[bytes, bytes]]]) -> Iterator[Message]:
    """Yield the messages in a line's entries; one of another shape costs only itself."""
    for entry in entries:
        try:
            yield message_in(entry)
        except _MALFORMED:
            log.warning("orders_not_understood", place=entry[0], exc_info=True)


def _client() -> Redis:
    return Redis.from_url(
        settings.REDIS_URL,
        socket_connect_timeout=REDIS_SECONDS_MAX,
        health_check_interval=5,
        # A connection that broke is told to everybody who looks, not mended in silence.
        retry=Retry(NoBackoff(), 0),
    )
