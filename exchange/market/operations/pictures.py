"""The picture of a book that everybody is sent: drawn once a batch, and numbered."""

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from exchange.market.models import Tape
from exchange.market.operations.candles import follow_trades, held_tape
from exchange.market.queries import keep_snapshot, snapshot_now
from exchange.market.rules import Snapshot, picture_of
from exchange.orders.models import Book
from wallet.holders.rules import opaque_id

ROUNDS_MAX = 20  # of 5,000 trades each; what is left waits for the next picture


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A book's picture as JSON text, with its number: one that differs has a higher one."""

    book_id: UUID
    version: int
    text: str


def draw_picture(*, book: Book, now: datetime) -> Picture | None:
    """Bring a book's candles up to its trades, and return the picture of it as it is now.

    None if somebody drew a later one meanwhile.
    """
    _follow(book)
    snapshot = keep_snapshot(book, snapshot_now(book, now=now))
    drawn = {"book": opaque_id("bok", book.pk), **picture_of(snapshot)}
    tape = _numbered(book, snapshot, digest=_digest(drawn))
    if tape is None:
        return None
    text = json.dumps({"version": tape.version, **drawn}, separators=(",", ":"))
    return Picture(book_id=book.pk, version=tape.version, text=text)


def _follow(book: Book) -> None:
    seen = -1
    for _ in range(ROUNDS_MAX):
        tape = follow_trades(book_id=book.pk)
        if tape.trades == seen:
            break
        seen = tape.trades


@transaction.atomic
def _numbered(book: Book, snapshot: Snapshot, *, digest: str) -> Tape | None:
    """Number a picture, unless it is the last one again; None if it is older than that."""
    tape = held_tape(book_id=book.pk)
    if tape.digest == digest:
        return tape
    drawn_at = (snapshot.sequence, snapshot.at)
    if tape.minute is not None and drawn_at < (tape.sequence, tape.minute):
        return None
    tape.version, tape.digest = tape.version + 1, digest
    tape.sequence, tape.minute = drawn_at
    tape.save(update_fields=["version", "digest", "sequence", "minute"])
    return tape


def _digest(drawn: dict[str, object]) -> str:
    return hashlib.sha256(json.dumps(drawn, sort_keys=True).encode()).hexdigest()
