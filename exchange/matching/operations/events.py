"""Work events off in memory: what each does to the book, collected for one booking."""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import cast

from exchange.matching.operations.batch import Batch
from exchange.matching.operations.booking import Turn, apply_reports, end_order
from exchange.matching.operations.changes import give_bust_back, replace_resting
from exchange.matching.operations.memory import Memory
from exchange.matching.queries import EventRow
from exchange.matching.rules import Phase, Rejected, Report, Side, TimeInForce
from exchange.orders.models import Event, Order
from exchange.orders.rules import within_month


def worked_off(*, memory: Memory, events: Iterable[EventRow]) -> Batch:
    """Let the matcher take events in their order, and return what they changed.

    The memory is that much further then, before anything is written.
    """
    events = list(events)
    at = within_month(at=events[-1].accepted_at, month=memory.month)
    batch = Batch(at=at, begin=memory.cursor, cursor=memory.cursor + len(events))
    for number, event in enumerate(events, memory.cursor + 1):
        turn = Turn(
            memory=memory,
            batch=batch,
            number=number,
            at=within_month(at=event.accepted_at, month=memory.month),
        )
        batch.numbers[event.pk] = (number, _take(turn, event))
    memory.cursor = batch.cursor
    return batch


def given_back(*, memory: Memory, at: datetime, most: int) -> Batch:
    """Cancel open orders of a closed book, at most so many, and return what that changed."""
    begin = memory.cursor
    batch = Batch(at=within_month(at=at, month=memory.month), begin=begin, cursor=begin)
    turn = Turn(memory=memory, batch=batch, number=memory.cursor, at=batch.at)
    for order_id in list(memory.orders)[:most]:
        memory.matcher.cancel(order_id=order_id)
        end_order(turn, order_id, state=Order.State.CANCELLED, reason="closed")
    return batch


def _take(turn: Turn, event: EventRow) -> str:
    kind = event.kind
    if kind == Event.Kind.PHASE:
        turn.memory.phase = cast("Phase", event.body["phase"])
        turn.memory.matcher.phase(phase=turn.memory.phase)
        return turn.memory.phase
    if kind == Event.Kind.UNCROSS:
        reports = turn.memory.matcher.uncross()
        apply_reports(turn, reports, taker="")
        return _uncrossed(reports)
    if kind == Event.Kind.CANCEL_ALL:
        return _cancel_all(turn, event)
    return _OF_AN_ORDER[Event.Kind(kind)](turn, event)


def _uncrossed(reports: list[Report]) -> str:
    if isinstance(reports[0], Rejected):
        return reports[0].reason
    return "uncrossed" if len(reports) > 1 else "no_cross"


def _cancel(turn: Turn, event: EventRow) -> str:
    return _end(turn, str(event.order_id), reason=event.body.get("reason", ""))


def _end(turn: Turn, order_id: str, *, reason: str = "") -> str:
    report = turn.memory.matcher.cancel(order_id=order_id)[0]
    if isinstance(report, Rejected):
        return report.reason
    end_order(turn, order_id, state=Order.State.CANCELLED, reason=reason)
    return "cancelled"


def _cancel_all(turn: Turn, event: EventRow) -> str:
    orders = turn.memory.orders
    theirs = [key for key, order in orders.items() if order.holder_id == event.holder_id]
    for order_id in theirs:
        _end(turn, order_id)
    return f"{len(theirs)} cancelled"


def _place(turn: Turn, event: EventRow) -> str:
    order = event.order
    assert order is not None
    if order.state != Order.State.ACCEPTED:
        return "late"  # the month's close was first
    order.priority = turn.number
    turn.memory.orders[order.key] = order
    turn.batch.orders[order.pk] = order
    reports = turn.memory.matcher.new(
        order_id=order.key,
        side=cast("Side", order.side),
        price=order.price_coins,
        quantity=order.lots,
        time_in_force=cast("TimeInForce", order.time_in_force),
        group=str(order.group),
    )
    if isinstance(reports[0], Rejected):
        end_order(turn, order.key, state=Order.State.REJECTED, reason=reports[0].reason)
    else:
        order.state = Order.State.OPEN
        apply_reports(turn, reports, taker=order.side)
    return order.state


_OF_AN_ORDER: dict[Event.Kind, Callable[[Turn, EventRow], str]] = {
    Event.Kind.PLACE: _place,
    Event.Kind.CANCEL: _cancel,
    Event.Kind.REPLACE: replace_resting,
    Event.Kind.BUST: give_bust_back,
}
