"""Work events off in memory: what each does to the book, collected for one booking."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import cast
from uuid import UUID

from exchange.matching.operations.memory import Memory
from exchange.matching.rules import (
    Cancelled,
    Phase,
    Rejected,
    Report,
    Side,
    TimeInForce,
)
from exchange.matching.rules import Trade as Met
from exchange.orders.models import Event, Order, Trade
from exchange.orders.queries import refund_legs
from exchange.orders.rules import Bought, Exchanged, bought, trade_legs, within_month
from ledger.rules import Posting, derived_id, derived_month_id

ACTOR = "task/run_writer"


@dataclass(slots=True)
class Batch:
    """What a run of events changed: rows to write and postings to make, in their order.

    `at` is the book's time of the last event: the instant of all postings.
    """

    at: datetime
    cursor: int
    numbers: dict[int, tuple[int, str]] = field(default_factory=dict)
    orders: dict[UUID, Order] = field(default_factory=dict)
    trades: list[Trade] = field(default_factory=list)
    postings: list[Posting] = field(default_factory=list)


def worked_off(*, memory: Memory, events: Iterable[Event]) -> Batch:
    """Let the matcher take events in their order, and return what they changed."""
    events = list(events)
    at = within_month(at=events[-1].accepted_at, month=memory.month)
    batch = Batch(at=at, cursor=memory.cursor + len(events))
    for number, event in enumerate(events, memory.cursor + 1):
        batch.numbers[event.pk] = (number, _take(memory, batch, event, number))
    return batch


def given_back(*, memory: Memory, at: datetime, most: int) -> Batch:
    """Cancel open orders of a closed book, at most so many, and return what that changed."""
    batch = Batch(at=within_month(at=at, month=memory.month), cursor=memory.cursor)
    for order_id in list(memory.orders)[:most]:
        memory.matcher.cancel(order_id=order_id)
        _end(memory, batch, order_id, state=Order.State.CANCELLED, reason="closed", at=batch.at)
    return batch


def _take(memory: Memory, batch: Batch, event: Event, number: int) -> str:
    at = within_month(at=event.accepted_at, month=memory.month)
    if event.kind == Event.Kind.PHASE:
        memory.phase = cast("Phase", event.body["phase"])
        memory.matcher.phase(phase=memory.phase)
        return memory.phase
    if event.kind == Event.Kind.UNCROSS:
        reports = memory.matcher.uncross()
        _apply(memory, batch, reports, number, at, taker="")
        return "uncrossed" if len(reports) > 1 else "no_cross"
    assert event.order is not None
    if event.kind == Event.Kind.CANCEL:
        reports = memory.matcher.cancel(order_id=str(event.order_id))
        _apply(memory, batch, reports, number, at, taker="")
        return _outcome(reports[0])
    return _place(memory, batch, event.order, number, at)


def _place(memory: Memory, batch: Batch, order: Order, number: int, at: datetime) -> str:
    if order.state != Order.State.ACCEPTED:
        return order.state  # the month's close was first
    order.priority = number
    memory.orders[str(order.pk)] = order
    batch.orders[order.pk] = order
    reports = memory.matcher.new(
        order_id=str(order.pk),
        side=cast("Side", order.side),
        price=order.price_coins,
        quantity=order.lots,
        time_in_force=cast("TimeInForce", order.time_in_force),
        group=str(order.holder_id),
    )
    if isinstance(reports[0], Rejected):
        _end(
            memory,
            batch,
            str(order.pk),
            state=Order.State.REJECTED,
            reason=reports[0].reason,
            at=at,
        )
    else:
        order.state = Order.State.OPEN
        _apply(memory, batch, reports, number, at, taker=order.side)
    return order.state


def _outcome(report: Report) -> str:
    return report.reason if isinstance(report, Rejected) else "cancelled"


def _apply(
    memory: Memory,
    batch: Batch,
    reports: Iterable[Report],
    number: int,
    at: datetime,
    *,
    taker: str,
) -> None:
    for report in reports:
        if isinstance(report, Met):
            _trade(memory, batch, report, number, at, taker=taker)
        elif isinstance(report, Cancelled):
            reason = "" if report.reason == "user" else report.reason
            _end(memory, batch, report.order_id, state=Order.State.CANCELLED, reason=reason, at=at)


def _trade(
    memory: Memory, batch: Batch, met: Met, event_number: int, at: datetime, *, taker: str
) -> None:
    came, rested = memory.orders[met.order_id], memory.orders[met.counter_id]
    buy, sell = (came, rested) if met.side == "B" else (rested, came)
    buyer_bp = buy.taker_bp if taker == buy.side else buy.maker_bp
    seller_bp = sell.taker_bp if taker == sell.side else sell.maker_bp
    sums = bought(
        open_lots=buy.open_lots,
        limit_coins=buy.price_coins,
        bp_max=max(buy.maker_bp, buy.taker_bp),
        fee_coin_bp=buy.fee_coin_bp,
        lots=met.quantity,
        price_coins=met.price,
        bp=buyer_bp,
    )
    buy.fee_coin_bp = sums.fee_coin_bp
    memory.trades += 1
    trade = Trade(
        id=derived_month_id(memory.month, memory.book_id, "trade", memory.trades),
        book_id=memory.book_id,
        number=memory.trades,
        event_number=event_number,
        buy=buy,
        sell=sell,
        taker=taker,
        price_coins=met.price,
        lots=met.quantity,
        buyer_bp=buyer_bp,
        seller_bp=seller_bp,
        buyer_cover_coins=sums.cover_coins,
        traded_at=at,
    )
    batch.trades.append(trade)
    batch.postings.append(_trade_posting(memory, batch, trade, sums))
    for order in (buy, sell):
        _fill(memory, batch, order, lots=met.quantity, at=at)


def _trade_posting(memory: Memory, batch: Batch, trade: Trade, sums: Bought) -> Posting:
    exchanged = Exchanged(
        carrier=memory.carrier,
        month=memory.month,
        mb=trade.lots * memory.lot_mb,
        buy=trade.buy.pk,
        buyer=trade.buy.holder_id,
        sell=trade.sell.pk,
        seller=trade.sell.holder_id,
        sums=sums,
    )
    return Posting(
        id=trade.pk,
        kind="trade",
        at=batch.at,
        actor=ACTOR,
        legs=trade_legs(exchanged),
        metadata={
            "book": str(memory.book_id),
            "buy": str(trade.buy.pk),
            "sell": str(trade.sell.pk),
        },
    )


def _fill(memory: Memory, batch: Batch, order: Order, *, lots: int, at: datetime) -> None:
    order.open_lots -= lots
    order.filled_lots += lots
    batch.orders[order.pk] = order
    if not order.open_lots:
        order.state, order.ended_at = Order.State.FILLED, at
        del memory.orders[str(order.pk)]


def _end(
    memory: Memory, batch: Batch, order_id: str, *, state: Order.State, reason: str, at: datetime
) -> None:
    """End an order that is not filled, and give back what it still holds."""
    order = memory.orders.pop(order_id)
    batch.postings.append(
        Posting(
            id=derived_id(order.pk, "end"),
            kind="order_cancel",
            at=batch.at,
            actor=ACTOR,
            legs=refund_legs(
                order=order, carrier=memory.carrier, month=memory.month, lot_mb=memory.lot_mb
            ),
            metadata={"order": str(order.pk), "book": str(memory.book_id)},
        )
    )
    order.state, order.reason, order.open_lots, order.ended_at = state, reason, 0, at
    batch.orders[order.pk] = order
