"""What the matcher's reports mean: trades with their postings, and orders' ends with theirs."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from exchange.matching.operations.batch import ACTOR, Batch, TradeRow
from exchange.matching.operations.memory import Memory
from exchange.matching.rules import Cancelled, Report
from exchange.matching.rules import Trade as Met
from exchange.orders import rules
from exchange.orders.models import Order
from exchange.orders.queries import refund_legs
from exchange.orders.rules import OrderRow
from ledger.rules import Posting, derived_id, derived_month_id, monthly_asset
from wallet.convert.operations import Bought


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """One event's turn: the book as it stands, what the batch collects, its number and time."""

    memory: Memory
    batch: Batch
    number: int
    at: datetime

    @property
    def is_last_call(self) -> bool:
        """Say whether the month's closing call has begun."""
        return self.at >= self.memory.closing_call_at


def apply_reports(turn: Turn, reports: Iterable[Report], *, taker: str) -> None:
    """Book trades and what was cancelled; `taker` is the side that came in, or empty."""
    for report in reports:
        if isinstance(report, Met):
            _trade(turn, report, taker=taker)
        elif isinstance(report, Cancelled):
            order = turn.memory.orders[report.order_id]
            is_rest = report.reason == "ioc" and order.kind == Order.Kind.MARKET
            reason = "market" if is_rest else report.reason
            end_order(turn, report.order_id, state=Order.State.CANCELLED, reason=reason)


def end_order(turn: Turn, order_id: str, *, state: Order.State, reason: str) -> None:
    """End an order that is not filled, and give back what its open lots still hold."""
    memory, batch = turn.memory, turn.batch
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
            metadata={"order": order.key, "book": str(memory.book_id)},
        )
    )
    order.state, order.reason, order.open_lots, order.ended_at = state, reason, 0, turn.at
    batch.orders[order.pk] = order


def _trade(turn: Turn, met: Met, *, taker: str) -> None:
    memory = turn.memory
    came, rested = memory.orders[met.order_id], memory.orders[met.counter_id]
    buy, sell = (came, rested) if met.side == "B" else (rested, came)
    buyer_bp = buy.taker_bp if taker == buy.side else buy.maker_bp
    seller_bp = sell.taker_bp if taker == sell.side else sell.maker_bp
    sums = rules.bought(
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
    trade = TradeRow(
        id=derived_month_id(memory.month, memory.book_id, "trade", memory.trades),
        number=memory.trades,
        event_number=turn.number,
        buy_id=buy.pk,
        sell_id=sell.pk,
        taker=taker,
        price_coins=met.price,
        lots=met.quantity,
        buyer_bp=buyer_bp,
        seller_bp=seller_bp,
        buyer_cover_coins=sums.cover_coins,
        traded_at=turn.at,
    )
    turn.batch.trades.append(trade)
    turn.batch.postings.append(_trade_posting(turn, trade, buy, sell, sums))
    _deliver_at_once(turn, trade, buy)
    for order in (buy, sell):
        _fill(turn, order, lots=met.quantity)


def _trade_posting(
    turn: Turn, trade: TradeRow, buy: OrderRow, sell: OrderRow, sums: rules.Bought
) -> Posting:
    memory = turn.memory
    exchanged = rules.Exchanged(
        carrier=memory.carrier,
        month=memory.month,
        mb=trade.lots * memory.lot_mb,
        buy=buy.key,
        buyer=buy.holder_id,
        sell=sell.key,
        seller=sell.holder_id,
        sums=sums,
    )
    return Posting(
        id=trade.id,
        kind="trade",
        at=turn.batch.at,
        actor=ACTOR,
        legs=rules.trade_legs(exchanged),
        metadata={
            "book": str(memory.book_id),
            "buy": buy.key,
            "sell": sell.key,
        },
    )


def _deliver_at_once(turn: Turn, trade: TradeRow, buy: OrderRow) -> None:
    """Send what was bought to the buyer's number: one delivery for all an order buys in a turn.

    In the last call that is not the buyer's choice: nothing could be used after it.
    """
    memory, is_last = turn.memory, turn.is_last_call
    if not (buy.deliver_at_once or is_last):
        return
    delivery_id = derived_month_id(memory.month, buy.pk, "delivery", turn.number)
    wanted = turn.batch.bought.get(delivery_id)
    mb = trade.lots * memory.lot_mb
    turn.batch.bought[delivery_id] = Bought(
        id=delivery_id,
        holder_id=buy.holder_id,
        number_id=buy.deliver_to_id,
        asset=monthly_asset(goods="DATA", carrier=memory.carrier, month=memory.month),
        mb=mb + (wanted.mb if wanted else 0),
        returns_next_month=is_last,
    )
    trade.delivery_id = delivery_id


def _fill(turn: Turn, order: OrderRow, *, lots: int) -> None:
    order.open_lots -= lots
    order.filled_lots += lots
    turn.batch.orders[order.pk] = order
    if not order.open_lots:
        order.state, order.ended_at = Order.State.FILLED, turn.at
        del turn.memory.orders[order.key]
