"""The log a book's writer works off: one event for each thing asked, once for each key."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from exchange.orders.models import Event, Order
from ledger.refusals import KeyReused
from wallet.holders.models import Holder


def log_event(
    *, kind: Event.Kind, order: Order, key: UUID, body: Mapping[str, object], now: datetime
) -> None:
    """Put what somebody asks of an order into its book's log."""
    Event.objects.create(
        book_id=order.book_id,
        kind=kind,
        order=order,
        holder_id=order.holder_id,
        client_id=key,
        body=dict(body),
        accepted_at=now,
    )


def known_order(
    *, holder: Holder, kind: Event.Kind, key: UUID, body: Mapping[str, object]
) -> Order | None:
    """Return the order this key was used for before, if it was the same request.

    Raises:
        KeyReused: it was another.
    """
    event = known_event(holder=holder, kind=kind, key=key, body=body)
    return event.order if event else None


def known_event(
    *, holder: Holder, kind: Event.Kind, key: UUID, body: Mapping[str, object]
) -> Event | None:
    """Return the event this key was used for before, if it was the same request.

    Raises:
        KeyReused: it was another.
    """
    event = Event.objects.filter(holder=holder, client_id=key).select_related("order__book").first()
    if event is None:
        return None
    if event.kind != kind:
        raise KeyReused("This key names another kind of request.", field="kind")
    for field, value in body.items():
        if event.body.get(field) != value:
            raise KeyReused(f"This key names a request with another {field}.", field=field)
    return event
