"""Hear what is told of a book in Redis, up to an instant."""

import json
from collections.abc import Iterator
from contextlib import contextmanager

import redis
from django.conf import settings

from exchange.market.tasks import CHANNEL
from exchange.orders.models import Book
from tests.waiting import WAIT_SECONDS_MAX, until


class Listener:
    """Somebody who listens to one book's channel."""

    def __init__(self, *, client: redis.Redis, told: redis.client.PubSub, channel: str) -> None:
        self._client, self._told, self._channel = client, told, channel

    def versions(self) -> list[int]:
        """Return the versions told since the last look: all those told before this instant."""
        # What is said now is heard after all that was told before, however long that takes.
        self._client.publish(self._channel, "now")
        found: list[int] = []
        while (text := self._next()) != b"now":
            found.append(json.loads(text)["version"])
        return found

    def _next(self) -> bytes:
        heard: list[bytes] = []

        def hear() -> bool:
            message = self._told.get_message(timeout=WAIT_SECONDS_MAX)
            heard.extend([message["data"]] if message else [])
            return bool(heard)

        until(hear)  # that somebody listens is a message too, of which nothing is shown
        return heard[0]


@contextmanager
def listening(book: Book) -> Iterator[Listener]:
    """Listen to what is told of a book; forget the picture kept of it at the end."""
    client, channel = redis.Redis.from_url(settings.REDIS_URL), f"{CHANNEL}{book.pk}"
    with client.pubsub(ignore_subscribe_messages=True) as told:  # type: ignore[no-untyped-call]
        told.subscribe(channel)
        listener = Listener(client=client, told=told, channel=channel)
        assert listener.versions() == []
        yield listener
    client.delete(channel)
    client.close()
