"""What lay beside an order and has its turn: a replacement's goods or coins, and a bust's."""

from datetime import date

from exchange.matching.operations.batch import ACTOR
from exchange.matching.operations.booking import Turn, apply_reports, end_order
from exchange.matching.queries import EventRow
from exchange.matching.rules import Rejected
from exchange.orders.models import Order
from exchange.orders.queries import back_legs, escrow_of
from exchange.orders.rules import OrderRow
from ledger.rules import Posting, derived_id


def replace_resting(turn: Turn, event: EventRow) -> str:
    """Give an order its new price and lots, less what traded since that was asked."""
    asked, aside = event.body, int(event.body["aside"])
    order = turn.memory.orders.get(str(event.order_id))
    if order is None:
        assert event.order is not None
        # Unless the month's close was first.
        left = min(aside, event.order.aside_amount)
        _give_back(turn, event, event.order, amount=left)
        return "unknown_order"
    lots = int(asked["lots"]) - (int(asked["open_lots"]) - order.open_lots)
    if lots <= 0:
        _give_back(turn, event, order, amount=aside)
        turn.memory.matcher.cancel(order_id=order.key)
        end_order(turn, order.key, state=Order.State.CANCELLED, reason="")
        return "cancelled"
    return _replace(turn, event, order, price_coins=int(asked["price_coins"]), lots=lots)


def give_bust_back(turn: Turn, event: EventRow) -> str:
    """Give the owner back what the reversal of a trade put beside an order."""
    assert event.order is not None
    left = min(int(event.body["aside"]), event.order.aside_amount)
    _give_back(turn, event, event.order, amount=left)
    return "bust"


def _replace(turn: Turn, event: EventRow, order: OrderRow, *, price_coins: int, lots: int) -> str:
    aside = int(event.body["aside"])
    reports = turn.memory.matcher.replace(order_id=order.key, price=price_coins, quantity=lots)
    if isinstance(reports[0], Rejected):
        _give_back(turn, event, order, amount=aside)
        return reports[0].reason
    held = escrow_of(order, lot_mb=turn.memory.lot_mb) + aside
    if price_coins != order.price_coins or lots >= order.open_lots:
        order.priority = turn.number
    order.price_coins, order.open_lots = price_coins, lots
    order.lots = order.filled_lots + lots
    turn.batch.orders[order.pk] = order
    over = held - escrow_of(order, lot_mb=turn.memory.lot_mb)
    _give_back(turn, event, order, amount=over, used=aside)
    apply_reports(turn, reports, taker=order.side)
    return "replaced"


def _give_back(
    turn: Turn, event: EventRow, order: OrderRow, *, amount: int, used: int | None = None
) -> None:
    """Post what goes from an order to its owner, and take what lay beside it off the order."""
    turn.batch.used[order.pk] += amount if used is None else used
    if not amount:
        return
    month: date = turn.memory.month
    turn.batch.postings.append(
        Posting(
            id=derived_id(order.pk, "back", event.client_id),
            kind="order_cancel",
            at=turn.batch.at,
            actor=ACTOR,
            legs=back_legs(order, amount=amount, carrier=turn.memory.carrier, month=month),
            metadata={"order": order.key, "book": str(turn.memory.book_id)},
        )
    )
