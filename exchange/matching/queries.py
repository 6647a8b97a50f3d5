"""The log and the open orders of a book as its writer reads them: plain records, quickly made.

A row through the mapper costs several times what matching it does.
"""

from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from exchange.orders.models import Event, Order
from exchange.orders.rules import OrderRow


@dataclass(slots=True)
class EventRow:
    """An event of the log, and the order it is about; the fields of `Event`."""

    pk: int
    kind: str
    holder_id: UUID | None
    client_id: UUID
    body: dict[str, Any]
    accepted_at: datetime
    number: int | None
    outcome: str
    order_id: UUID | None
    order: OrderRow | None


_OF_ORDER = tuple(field.name for field in fields(OrderRow) if field.init)
_OF_EVENT = tuple(field.name for field in fields(EventRow))[:-1]
_WITH_ORDER = (*_OF_EVENT, *(f"order__{name}" for name in _OF_ORDER))


def waiting_events(book_id: UUID, *, most: int) -> list[EventRow]:
    """Return the next events of a book's log that have no number yet, in their order."""
    waiting = Event.objects.filter(book=book_id, number__isnull=True)
    return events_among(waiting.order_by("id")[:most])


def numbered_events(book_id: UUID, *, after: int, most: int) -> list[EventRow]:
    """Return the next events of a book's log behind a number, in their order."""
    numbered = Event.objects.filter(book=book_id, number__gt=after)
    return events_among(numbered.order_by("number")[:most])


def open_orders(book_id: UUID) -> list[OrderRow]:
    """Return a book's open orders, by the events that gave them their places."""
    found = Order.objects.filter(book=book_id, state=Order.State.OPEN).order_by("priority", "id")
    return order_rows(found)


def order_rows(found: QuerySet[Order]) -> list[OrderRow]:
    """Return orders as the writer needs them."""
    return [OrderRow(*row) for row in found.values_list(*_OF_ORDER)]


def events_among(found: QuerySet[Event]) -> list[EventRow]:
    """Return events as the writer needs them."""
    rows: Iterable[tuple[Any, ...]] = found.values_list(*_WITH_ORDER)
    own = len(_OF_EVENT)
    # Without an order its columns are all empty.
    return [EventRow(*(*row[:own], OrderRow(*row[own:]) if row[own] else None)) for row in rows]
