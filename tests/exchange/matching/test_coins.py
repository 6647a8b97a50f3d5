"""At every event, what buyers have set aside is exactly what their open orders may cost."""

from collections import Counter
from dataclasses import dataclass, field

from hypothesis import given, settings
from hypothesis import strategies as st

from exchange.matching.rules import (
    Accepted,
    Cancelled,
    Matcher,
    Replaced,
    Report,
    SelfTradeMode,
    Trade,
)
from exchange.matching.rules.replay import PHASES
from tests.exchange.matching.logs import logs, news, stps
from tests.exchange.matching.naive import Line
from tests.exchange.matching.test_conservation import obey


@dataclass
class Purse:
    """Coins set aside under buys with a limit."""

    limits: dict[str, tuple[str, int | None]] = field(default_factory=dict)
    aside: Counter[str] = field(default_factory=Counter)

    def take(self, report: Report) -> None:
        match report:
            case Accepted(order_id=name, side=side, price=price, quantity=lots):
                self.limits[name] = side, price
                self.set_aside(name, lots)
            case Replaced(order_id=name, side=side, price=price, quantity=lots):
                self.set_aside(name, lots=0)
                self.limits[name] = side, price
                self.set_aside(name, lots)
            case Cancelled(order_id=name, quantity=lots):
                limit = self.limit_of(name)
                assert self.aside[name] == limit * lots
                self.set_aside(name, lots=0)
            case Trade():
                self.trade(report)

    def set_aside(self, name: str, lots: int) -> None:
        self.aside[name] = self.limit_of(name) * lots

    def limit_of(self, name: str) -> int:
        """Return the coins a lot that an order sets aside: none for a sale or a market order."""
        side, price = self.limits[name]
        return price if side == "B" and price is not None else 0

    def trade(self, trade: Trade) -> None:
        buyer, seller = trade.order_id, trade.counter_id
        if trade.side == "S":
            buyer, seller = seller, buyer
        sides = self.limits[buyer], self.limits[seller]
        assert (sides[0][0], sides[1][0]) == ("B", "S")
        highest, lowest = sides[0][1], sides[1][1]
        assert highest is None or trade.price <= highest
        assert lowest is None or trade.price >= lowest
        if highest is not None:  # the price to the seller, the improvement back to the buyer
            self.aside[buyer] -= highest * trade.quantity
            assert self.aside[buyer] >= 0


CALL, UNCROSS = Line(command="PHASE", phase="call"), Line(command="UNCROSS")
auctions = st.lists(news, min_size=2, max_size=30).map(lambda orders: [CALL, *orders, UNCROSS])


@settings(max_examples=300, deadline=None)
@given(log=st.one_of(logs, auctions, auctions), stp=stps)
def test_what_is_set_aside_covers_what_is_open(log: list[Line], stp: SelfTradeMode) -> None:
    matcher, purse = Matcher(stp=stp), Purse()
    for line in log:
        if phase := PHASES[line.phase]:
            matcher.phase(phase=phase)
        for report in obey(matcher, line):
            purse.take(report)
        covered = {
            order.order_id: order.price * order.quantity
            for order in matcher.open_orders()
            if order.side == "B"
        }
        assert +purse.aside == covered
