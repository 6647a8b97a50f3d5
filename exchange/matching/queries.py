"""The log and the open orders of a book as its writer reads them: plain records, quickly made.

A row through the mapper costs several times what matching it does.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, fields
from datetime import datetime
from json import loads
from pathlib import Path
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import F, QuerySet, TextField
from django.db.models.functions import Cast

from exchange.orders.models import Event, Order
from exchange.orders.rules import OrderRow


@dataclass(slots=True)
class EventRow:
    """An event of the log, its turn, and the order it is about; the fields of these."""

    body: dict[str, Any]
    pk: int
    kind: str
    holder_id: UUID | None
    client_id: UUID
    accepted_at: datetime
    number: int | None
    outcome: str
    order_id: UUID | None
    order: OrderRow | None


_WAITING = (Path(__file__).parent / "sql" / "waiting_events_v1.sql").read_text()
_OF_ORDER = tuple(field.name for field in fields(OrderRow) if field.init)
_OF_EVENT = (
    "body", "pk", "kind", "holder_id", "client_id", "accepted_at", "turn__number",
    "turn__outcome", "order_id",
)  # fmt: skip
_ENDED_AT, _ACCEPTED_AT = _OF_ORDER.index("ended_at"), _OF_EVENT.index("accepted_at")
_WITH_ORDER = (*_OF_EVENT, *(f"order__{name}" for name in _OF_ORDER))


def waiting_events(
    book_id: UUID, *, most: int, since: int = 0, but: Collection[int] = ()
) -> list[EventRow]:
    """Return the next events of a book's log whose turn has not come, from an id on, in their order.

    Those in `but` have their turn now. The bodies of orders placed are empty: their rows say all.
    """
    with connection.cursor() as cursor:
        asked: dict[str, Any] = {"book": book_id, "since": since, "but": list(but), "most": most}
        cursor.execute(_WAITING, asked)
        return _events((body and loads(body), *others) for body, *others in cursor.fetchall())


def numbered_events(book_id: UUID, *, after: int, until: int) -> list[EventRow]:
    """Return the events of a book's log behind one number and up to another, in their order."""
    numbered = Event.objects.filter(
        turn__book=book_id, turn__number__gt=after, turn__number__lte=until
    )
    return events_among(numbered.order_by("turn__number"))


def open_orders(book_id: UUID) -> list[OrderRow]:
    """Return a book's open orders, by the events that gave them their places."""
    resting = Order.objects.filter(book=book_id, rests=True)
    return order_rows(resting.order_by("priority", "id"))


def order_rows(found: QuerySet[Order]) -> list[OrderRow]:
    """Return orders as the writer needs them."""
    return [_order(row) for row in found.values_list(*_columns(_OF_ORDER))]


def events_among(found: QuerySet[Event]) -> list[EventRow]:
    """Return events as the writer needs them."""
    return _events(found.values_list(*_columns(_WITH_ORDER)))


def _columns(names: Iterable[str]) -> list[F | Cast]:
    """Return columns, instants as texts: the driver takes twenty times as long to read one."""
    return [Cast(name, TextField()) if name.endswith("_at") else F(name) for name in names]


def _events(rows: Iterable[tuple[Any, ...]]) -> list[EventRow]:
    own = len(_OF_EVENT)
    # Without an order its columns are all empty.
    return [_event(row[:own], _order(row[own:]) if row[own] is not None else None) for row in rows]


def _event(columns: tuple[Any, ...], order: OrderRow | None) -> EventRow:
    event = EventRow(*(*columns, order))
    event.body = event.body or {}
    event.accepted_at = datetime.fromisoformat(columns[_ACCEPTED_AT])
    return event


def _order(columns: tuple[Any, ...]) -> OrderRow:
    order = OrderRow(*columns)
    if columns[_ENDED_AT] is not None:
        order.ended_at = datetime.fromisoformat(columns[_ENDED_AT])
    return order
