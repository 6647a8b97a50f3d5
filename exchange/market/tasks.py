"""Send the books' pictures to everybody who looks, and people's own orders to each alone."""

import json
from collections import defaultdict
from collections.abc import Sequence
from functools import cache, partial
from typing import cast
from uuid import UUID

import redis
import structlog
from celery import shared_task
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from exchange.market.models import Tape
from exchange.market.operations import Picture, draw_picture
from exchange.market.queries import books_to_tell
from exchange.matching.operations import ChangedOrder
from exchange.orders.models import Book
from wallet.carriers.tasks import nudge

#: Where pictures are told, and kept for those who come later: followed by the book's id.
CHANNEL = "flowcoin:market:"
#: Where what changed of orders is told, all books' in one line, and how much of it is kept.
ORDERS_STREAM = "flowcoin:orders"
MESSAGES_KEPT = 200
ORDERS_A_MESSAGE = 1_000
REDIS_SECONDS_MAX = 2
KEPT_SECONDS = 3_600

log = structlog.get_logger(__name__)


@shared_task(name="exchange.market.tell_book", ignore_result=True)
def tell_book(book: str) -> None:
    """Draw a book's picture, and tell it unless it was told before."""
    picture = draw_picture(book=Book.objects.get(pk=UUID(book)), now=timezone.now())
    if picture is None:
        return
    try:
        tell_picture(picture)
    except redis.RedisError:
        # Pages ask by themselves meanwhile; the sweep tells it when Redis is back.
        log.warning("picture_not_told", book=book, exc_info=True)


@shared_task(name="exchange.market.tell_books", ignore_result=True)
def tell_books() -> None:
    """Tell the month's books, should a nudge have been lost or the minute have changed."""
    for book in books_to_tell(now=timezone.now()):
        tell_book(str(book.pk))


def follow(book: UUID, changed: Sequence[ChangedOrder]) -> None:
    """Tell holders what a book's writer made of their orders, and have the book told soon."""
    nudge(tell_book, book=str(book))
    try:
        tell_orders(book, changed)
    except redis.RedisError:
        # Pages ask by themselves from time to time, and always while nothing is live.
        log.warning("orders_not_told", book=str(book), exc_info=True)


def follow_committed(book: UUID, changed: Sequence[ChangedOrder]) -> None:
    """Do the same once what was done with them is committed, and not if it is undone."""
    transaction.on_commit(partial(follow, book, changed))


def tell_orders(book: UUID, changed: Sequence[ChangedOrder]) -> None:
    """Tell in Redis what became of orders: once for all who look, in an order that holds.

    Raises:
        RedisError: Redis cannot be reached.
    """
    for start in range(0, len(changed), ORDERS_A_MESSAGE):
        by_holder: defaultdict[str, list[tuple[str, str, int, int]]] = defaultdict(list)
        for order in changed[start : start + ORDERS_A_MESSAGE]:
            by_holder[order.holder_id.hex].append(order[1:])
        text = json.dumps({"book": book.hex, "orders": by_holder}, separators=(",", ":"))
        _redis().xadd(ORDERS_STREAM, {"text": text}, maxlen=MESSAGES_KEPT, approximate=False)


def tell_picture(picture: Picture) -> None:
    """Keep a picture in Redis and tell those who look: each version once, none after a later one.

    Raises:
        RedisError: Redis cannot be reached.
    """
    key = f"{CHANNEL}{picture.book_id}"

    def tell(both: redis.client.Pipeline) -> None:
        kept = both.hget(key, "version")
        both.multi()
        if not _is_known(picture, kept=cast("bytes | None", kept)):
            both.hset(key, mapping={"version": picture.version, "text": picture.text})
            both.expire(key, KEPT_SECONDS)
            both.publish(key, picture.text)

    # Again from its beginning, if somebody else told one meanwhile.
    _redis().transaction(tell, key)


def _is_known(picture: Picture, *, kept: bytes | None) -> bool:
    """Say whether this picture or a later one has been told, by the version that is kept."""
    version = int(kept or 0)
    if version <= picture.version:
        return version == picture.version
    # A restored database begins with lower versions: then what is kept is not its.
    return Tape.objects.filter(book=picture.book_id, version__gt=picture.version).exists()


@cache
def _redis() -> redis.Redis:
    return redis.Redis.from_url(
        settings.REDIS_URL,
        socket_connect_timeout=REDIS_SECONDS_MAX,
        socket_timeout=REDIS_SECONDS_MAX,
    )
