"""The log and the open orders of a book as its writer reads them: plain records, quickly made.

A row through the mapper costs several times what matching it does.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Case, F, QuerySet, TextField, Value, When
from django.db.models.functions import Cast

from exchange.orders.models import Event, Order
from exchange.orders.rules import OrderRow


@dataclass(slots=True)
class EventRow:
    """An event of the log, and the order it is about; the fields of `Event`."""

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


_OF_ORDER = tuple(field.name for field in fields(OrderRow) if field.init)
_OF_EVENT = tuple(field.name for field in fields(EventRow))[:-1]
_IN_TURN = F("id") + 0  # as the index of waiting events has it
_BODY = F("body")
_UNLESS_PLACED = Case(When(kind=Event.Kind.PLACE, then=Value(None)), default=_BODY)
_ENDED_AT, _ACCEPTED_AT = _OF_ORDER.index("ended_at"), _OF_EVENT.index("accepted_at")
_WITH_ORDER = (*_OF_EVENT, *(f"order__{name}" for name in _OF_ORDER))


def waiting_events(book_id: UUID, *, most: int, but: Collection[int] = ()) -> list[EventRow]:
    """Return the next events of a book's log that have no number yet, in their order.

    Those in `but` are being numbered now. What an order says stands in its row: the bodies of
    such events, which take longer to read than all the rest, stay where they are.
    """
    waiting = Event.objects.filter(book=book_id, number__isnull=True)
    if but:
        waiting = waiting.exclude(pk__in=but)
    return events_among(waiting.order_by(_IN_TURN)[:most], body=_UNLESS_PLACED)


def numbered_events(book_id: UUID, *, after: int, until: int) -> list[EventRow]:
    """Return the events of a book's log behind one number and up to another, in their order."""
    numbered = Event.objects.filter(book=book_id, number__gt=after, number__lte=until)
    return events_among(numbered.order_by("number"))


def open_orders(book_id: UUID) -> list[OrderRow]:
    """Return a book's open orders, by the events that gave them their places."""
    going_on = Order.objects.filter(book=book_id, ended_at__isnull=True)
    return order_rows(going_on.filter(state=Order.State.OPEN).order_by("priority", "id"))


def order_rows(found: QuerySet[Order]) -> list[OrderRow]:
    """Return orders as the writer needs them."""
    return [_order(row) for row in found.values_list(*_columns(_OF_ORDER))]


def events_among(found: QuerySet[Event], *, body: F | Case = _BODY) -> list[EventRow]:
    """Return events as the writer needs them."""
    others = _columns(_WITH_ORDER[1:])
    rows: Iterable[tuple[Any, ...]] = found.values_list(body, *others)
    own = len(_OF_EVENT)
    # Without an order its columns are all empty.
    return [_event(row[:own], _order(row[own:]) if row[own] is not None else None) for row in rows]


def _columns(names: Iterable[str]) -> list[F | Cast]:
    """Return columns, instants as texts: the driver takes twenty times as long to read one."""
    return [Cast(name, TextField()) if name.endswith("_at") else F(name) for name in names]


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
