"""Trade an incoming order with the other side of a book, or say what it could trade."""

from .book import Book
from .levels import Level, Order
from .reports import Cancelled, Report, Trade
from .terms import CancelReason, SelfTradeMode


def take(book: Book, order: Order, stp: SelfTradeMode, reports: list[Report]) -> None:
    """Trade an order best price first, then first come first, as far as its price reaches."""
    half = book.asks if order.side == "B" else book.bids
    keys = half.keys
    price = order.price
    # Most orders meet nobody; they cost no more than this comparison.
    if not keys or (price is not None and keys[-1] < price * half.sign):
        return
    if not order.group:
        stp = "none"
    while order.quantity and (level := half.best()) and half.is_reached(price, level):
        _take_level(book, order, level, stp, reports)


def _take_level(
    book: Book, order: Order, level: Level, stp: SelfTradeMode, reports: list[Report]
) -> None:
    """Trade an order with one level until either has nothing left."""
    while order.quantity and level.quantity:
        maker = level.front()
        if stp != "none" and maker.group == order.group:
            if stp != "cancel_taker":
                reports.append(_cancel_maker(book, maker, level))
            if stp != "cancel_maker":
                cancel_rest(order=order, reason="self_trade", reports=reports)
            continue
        quantity = min(order.quantity, maker.quantity)
        order.quantity -= quantity
        book.fill(maker, level, quantity)
        reports.append(
            Trade(
                order.order_id,
                maker.order_id,
                order.side,
                level.price,
                quantity,
                order.quantity,
            )
        )


def _cancel_maker(book: Book, maker: Order, level: Level) -> Cancelled:
    """Take the front order of a level out, so that its group does not trade with itself."""
    quantity = maker.quantity
    book.fill(maker, level, quantity)
    return Cancelled(maker.order_id, maker.side, level.price, quantity, "self_trade")


def cancel_rest(*, order: Order, reason: CancelReason, reports: list[Report]) -> None:
    """Take away what is left of an order that does not rest."""
    reports.append(Cancelled(order.order_id, order.side, order.price, order.quantity, reason))
    order.quantity = 0


def would_meet(*, book: Book, order: Order) -> bool:
    """Ask whether an order's price reaches the other side, whoever stands there."""
    half = book.opposite(order)
    level = half.best()
    return level is not None and half.is_reached(order.price, level)


def may_fill(*, book: Book, order: Order, stp: SelfTradeMode) -> bool:
    """Ask whether an order could trade its whole quantity under the self-trade mode."""
    half = book.opposite(order)
    guarded = stp != "none" and order.group != ""
    left = order.quantity
    for level in half.best_first():
        if not half.is_reached(order.price, level):
            return False
        if not guarded:
            left -= level.quantity
            if left <= 0:
                return True
            continue
        for maker in level.live_orders():
            if maker.group != order.group:
                left -= maker.quantity
                if left <= 0:
                    return True
            elif stp != "cancel_maker":
                return False
    return False
