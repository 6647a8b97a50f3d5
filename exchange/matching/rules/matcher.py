"""Match orders by price, then time: pure, deterministic, in whole numbers."""

from collections.abc import Iterable, Iterator
from typing import Self

from .auction import Clearing, clearing_of
from .book import Book
from .crossing import cancel_rest, may_fill, take, would_meet
from .levels import Order
from .reports import Accepted, Cancelled, Rejected, Replaced, Report, Trade, Uncrossed
from .snapshots import Depth, OpenOrder
from .terms import Phase, RejectReason, SelfTradeMode, Side, TimeInForce


class Matcher:
    """Hold one book and answer each command with what it caused, in order.

    Prices are ticks, quantities lots, order ids and groups opaque text. Live books and
    replays use this same class; the same commands always give the same reports.
    """

    __slots__ = ("_book", "_phase", "_reference", "_stp")

    def __init__(
        self,
        *,
        stp: SelfTradeMode = "none",
        reference: int | None = None,
        phase: Phase = "continuous",
    ) -> None:
        """Begin with an empty book.

        `stp` decides when two orders of one group meet; `reference` in ticks breaks
        ties of a call auction.
        """
        self._stp: SelfTradeMode = stp
        self._reference = reference
        self._phase: Phase = phase
        self._book = Book()

    @classmethod
    def restore(
        cls,
        *,
        orders: Iterable[OpenOrder],
        stp: SelfTradeMode = "none",
        reference: int | None = None,
        phase: Phase = "continuous",
    ) -> Self:
        """Rebuild a matcher from open orders, those of one price in their time order."""
        matcher = cls(stp=stp, reference=reference, phase=phase)
        for known in orders:
            order = Order(known.order_id, known.side, known.price, known.quantity, known.group)
            matcher._book.rest(order, known.price)
        return matcher

    def new(
        self,
        *,
        order_id: str,
        side: Side,
        price: int | None,
        quantity: int,
        time_in_force: TimeInForce = "GTC",
        group: str = "",
    ) -> list[Report]:
        """Take an order in, trade what it can and rest what is left.

        Without a price it is a market order, of which nothing rests.
        """
        order = Order(order_id, side, price, quantity, group)
        if reason := self._why_not(order, time_in_force):
            return [Rejected(order_id, reason)]
        reports: list[Report] = [Accepted(order_id, side, price, quantity)]
        if self._phase == "continuous":
            take(self._book, order, self._stp, reports)
        if not order.quantity:
            return reports
        if price is None:
            cancel_rest(order=order, reason="market", reports=reports)
        elif time_in_force == "IOC":
            cancel_rest(order=order, reason="ioc", reports=reports)
        else:
            self._book.rest(order, price)
        return reports

    def cancel(self, *, order_id: str) -> list[Report]:
        """Take a resting order out; allowed in every phase."""
        order = self._book.orders.get(order_id)
        if order is None or order.level is None:
            return [Rejected(order_id, "unknown_order")]
        report = Cancelled(order_id, order.side, order.price, order.quantity, "user")
        self._book.withdraw(order, order.level)
        return [report]

    def replace(self, *, order_id: str, price: int, quantity: int) -> list[Report]:
        """Give an order a new price and open quantity.

        The same price and a smaller quantity keep its place; anything else puts it at
        the end of its queue as a good-till-cancelled order, which may trade.
        """
        order = self._book.orders.get(order_id)
        if self._phase not in ("continuous", "call"):
            return [Rejected(order_id, "phase")]
        if order is None or order.level is None:
            return [Rejected(order_id, "unknown_order")]
        if quantity <= 0:
            return [Rejected(order_id, "bad_quantity")]
        if price <= 0:
            return [Rejected(order_id, "bad_price")]
        reports: list[Report] = [Replaced(order_id, order.side, price, quantity)]
        if price == order.price and quantity < order.quantity:
            order.level.quantity -= order.quantity - quantity
            order.quantity = quantity
            return reports
        self._book.withdraw(order, order.level)
        again = Order(order_id, order.side, price, quantity, order.group)
        if self._phase == "continuous":
            take(self._book, again, self._stp, reports)
        if again.quantity:
            self._book.rest(again, price)
        return reports

    def phase(self, *, phase: Phase) -> list[Report]:
        """Enter a phase; this matches nothing by itself and reports nothing."""
        self._phase = phase
        return []

    def uncross(self) -> list[Report]:
        """Clear the book at one price, paired from the front of both sides."""
        if self._phase not in ("continuous", "call"):
            return [Rejected("", "phase")]
        clearing = self.clearing()
        if clearing is None:
            return [Uncrossed(None, None)]
        reports: list[Report] = [Uncrossed(clearing.price, clearing.volume)]
        left = clearing.volume
        while left:
            trade = self._pair(price=clearing.price)
            reports.append(trade)
            left -= trade.quantity
        return reports

    def _pair(self, *, price: int) -> Trade:
        """Trade the two front orders with each other.

        Nothing trades beyond the clearing's volume: it is all that one side has there.
        """
        book = self._book
        bid, ask = book.bids.best(), book.asks.best()
        if bid is None or ask is None:
            raise AssertionError("A clearing has more volume than the book.")
        buyer, seller = bid.front(), ask.front()
        quantity = min(buyer.quantity, seller.quantity)
        book.fill(buyer, bid, quantity)
        book.fill(seller, ask, quantity)
        return Trade(buyer.order_id, seller.order_id, "B", price, quantity, buyer.quantity)

    def _why_not(self, order: Order, time_in_force: TimeInForce) -> RejectReason | None:
        """Say why a new order is refused: the first reason in a fixed order, or None."""
        book, phase, price = self._book, self._phase, order.price
        reason: RejectReason | None = None
        if phase != "continuous" and (phase != "call" or time_in_force in ("IOC", "FOK")):
            reason = "phase"
        elif order.order_id in book.orders:
            reason = "duplicate_order"
        elif order.quantity <= 0:
            reason = "bad_quantity"
        elif price <= 0 if price is not None else phase == "call" or time_in_force == "POST":
            reason = "bad_price"
        elif time_in_force == "GTC" or phase == "call":
            reason = None
        elif time_in_force == "POST" and would_meet(book=book, order=order):
            reason = "post_would_trade"
        elif time_in_force == "FOK" and not may_fill(book=book, order=order, stp=self._stp):
            reason = "fok_unfilled"
        return reason

    @property
    def current_phase(self) -> Phase:
        """Say which phase the book is in."""
        return self._phase

    def clearing(self) -> Clearing | None:
        """Say at what price and volume an uncross would clear now, or None."""
        book = self._book
        return clearing_of(
            bids=((level.price, level.quantity) for level in book.bids.best_first()),
            asks=((level.price, level.quantity) for level in book.asks.best_first()),
            reference=self._reference,
        )

    def depth(self, *, levels: int | None = None) -> Depth:
        """Sum the best `levels` prices of each side, or all of them."""
        return self._book.depth(levels=levels)

    def open_orders(self) -> Iterator[OpenOrder]:
        """Walk the resting orders in priority order, buys first; `restore` takes them back."""
        return self._book.open_orders()

    def open_quantity(self, order_id: str) -> int:
        """Return an order's open quantity in lots, 0 if it is not live."""
        order = self._book.orders.get(order_id)
        return order.quantity if order else 0
