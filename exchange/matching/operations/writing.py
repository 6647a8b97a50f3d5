"""A batch in the words of the one call that books it: each of its columns as the text of an array."""

from collections.abc import Iterable, Sequence
from dataclasses import fields
from operator import attrgetter
from pathlib import Path
from typing import Any

from django.db import connection
from django.db.backends.utils import CursorWrapper
from psycopg import Cursor

from exchange.matching.operations.batch import Batch, TradeRow, Written
from exchange.matching.operations.memory import Memory
from ledger.operations import batch_arguments, refusing
from ledger.rules import Posting, array_text

_CALL = (Path(__file__).parents[1] / "sql" / "book_batch_call_v2.sql").read_text()
_OF_ORDER = (
    "key", "state", "reason", "price_coins", "lots", "open_lots", "filled_lots", "fee_coin_bp",
    "ended_at", "priority",
)  # fmt: skip
_OF_TRADE = tuple(field.name for field in fields(TradeRow))
_NO_POSTINGS = [None, None, None, *("{}",) * 8]


def written_out(*, memory: Memory, batch: Batch) -> Written:
    """Return a batch as the call wants it, and how the book stands after it."""
    used = sorted((order, amount) for order, amount in batch.used.items() if amount)
    orders = sorted(map(attrgetter(*_OF_ORDER), batch.orders.values()))
    rows = [
        *_columns([(event, outcome) for event, (_, outcome) in batch.numbers.items()], width=2),
        *_columns(orders, width=len(_OF_ORDER)),
        *_columns(used, width=2),
    ]
    return Written(
        batch=batch,
        trades=memory.trades,
        phase=memory.phase,
        ends=not batch.numbers and not memory.orders,
        changed=batch.changed(),
        rows=rows,
        moves=None if batch.bought else moves_of(batch, batch.postings),
    )


def moves_of(batch: Batch, postings: Sequence[Posting]) -> list[Any]:
    """Return the columns of a batch's trades, and of what is posted with them."""
    trades = map(attrgetter(*_OF_TRADE), batch.trades)
    return [
        *_columns(list(trades), width=len(_OF_TRADE)),
        *(batch_arguments(postings) if postings else _NO_POSTINGS),
    ]


def call_booking(arguments: Sequence[Any]) -> bool:
    """Book a batch in one call of the database, and say whether the book was still its writer's.

    The texts go beside the statement: in it they would be quoted here and read twice there.
    """
    connection.ensure_connection()
    with refusing(), CursorWrapper(Cursor(connection.connection), connection) as cursor:
        cursor.execute(_CALL, arguments)
        return bool(cursor.fetchone()[0])


def _columns(rows: Iterable[tuple[object, ...]], *, width: int) -> list[str]:
    columns = [array_text(column) for column in zip(*rows, strict=True)]
    return columns or ["{}"] * width
