"""A market in memory: the real matcher, and the facts that surveillance would read of its log."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any, cast
from uuid import UUID

from config.demo.cast import PEOPLE
from config.demo.plan import Counts, Deed, asked_coins, bid_coins, planned_month
from config.demo.sample import CARRIER_WEIGHTS
from exchange.matching.rules import Cancelled, Matcher, Report, Trade
from exchange.matching.rules.terms import Side
from exchange.surveillance.rules import (
    Fact,
    Finding,
    Placed,
    Replaced,
    Terms,
    Traded,
    Watcher,
    Withdrawn,
)
from exchange.surveillance.rules.facts import Party

NOON = datetime(2026, 11, 16, 4, tzinfo=UTC)
CALL_AT = datetime(2026, 11, 30, 10, tzinfo=UTC)
# What policy begins with.
TERMS = Terms(
    wash_minutes=1_440,
    wash_rounds_min=2,
    wash_gap_coins_max=5,
    wash_net_percent_max=20,
    wash_share_percent_min=50,
    arranged_seconds=5,
    arranged_off_percent_min=20,
    layers_min=3,
    layer_minutes=10,
    layer_seconds=30,
    layer_ratio_min=3,
    ramp_minutes=60,
    ramp_orders_min=3,
    ramp_percent_min=15,
    ramp_share_percent_min=60,
    ramp_close_minutes=30,
    band_coins=95,
    closing_call_at=CALL_AT,
)


def somebody(number: int) -> UUID:
    """Return a holder by number."""
    return UUID(int=number)


@dataclass(slots=True)
class Market:
    """A book whose commands leave facts behind; a holder is a group of its own unless told."""

    facts: list[Fact] = field(default_factory=list)
    now: datetime = NOON
    matcher: Matcher = field(default_factory=lambda: Matcher(stp="cancel_taker"))
    groups: dict[int, int] = field(default_factory=dict)
    orders: dict[UUID, int] = field(default_factory=dict)
    number: int = 0
    trades: int = 0

    def wait(self, seconds: int) -> None:
        """Let time pass."""
        self.now += timedelta(seconds=seconds)

    def place(
        self, who: int, side: str, price: int, lots: int, *, at: datetime | None = None
    ) -> UUID:
        """Place an order and return it."""
        self.number, self.now = self.number + 1, at or self.now
        order = UUID(int=1_000_000 + self.number)
        group = str(self._group(who))
        self.orders[order] = who
        reports = self.matcher.new(
            order_id=str(order), side=cast("Side", side), price=price, quantity=lots, group=group
        )
        said: dict[str, Any] = {"price": price, "lots": lots, "side": side}
        party = self._party(order)
        self._add(Placed, order=order, holder=party.holder, group=party.group, **said)
        self._report(reports, taker=side)
        return order

    def cancel(self, order: UUID, *, at: datetime | None = None) -> None:
        """Cancel an order, if there is something left of it."""
        self.number, self.now = self.number + 1, at or self.now
        if isinstance(self.matcher.cancel(order_id=str(order))[0], Cancelled):
            self._add(Withdrawn, order=order)

    def replace(self, order: UUID, price: int, lots: int) -> None:
        """Give an order another price or other lots."""
        self.number += 1
        reports = self.matcher.replace(order_id=str(order), price=price, quantity=lots)
        self._add(Replaced, order=order, price=price, lots=lots)
        self._report(reports, taker=reports[0].side)  # type: ignore[union-attr]

    def call(self) -> None:
        """Begin a call."""
        self.number += 1
        self.matcher.phase(phase="call")

    def uncross(self) -> None:
        """Clear the call, and go on."""
        self.number += 1
        self._report(self.matcher.uncross(), taker="")
        self.matcher.phase(phase="continuous")

    def _group(self, who: int) -> UUID:
        return somebody(self.groups.get(who, who))

    def _party(self, order: UUID) -> Party:
        who = self.orders[order]
        return Party(order=order, holder=somebody(who), group=self._group(who))

    def _report(self, reports: list[Report], *, taker: str) -> None:
        for report in reports:
            if isinstance(report, Trade):
                self.trades += 1
                came, rested = UUID(report.order_id), UUID(report.counter_id)
                buy, sell = (came, rested) if report.side == "B" else (rested, came)
                self._add(
                    Traded,
                    trade=self.trades,
                    buy=self._party(buy),
                    sell=self._party(sell),
                    price=report.price,
                    lots=report.quantity,
                    taker=taker,
                )

    def _add(self, kind: type[Fact], **said: Any) -> None:
        self.facts.append(kind(number=self.number, at=self.now, **said))


def friends(*pairs: tuple[int, int]) -> frozenset[frozenset[UUID]]:
    """Return pairs who are linked."""
    return frozenset(frozenset(map(somebody, pair)) for pair in pairs)


def findings(
    market: Market, *, links: frozenset[frozenset[UUID]] = frozenset(), **terms: Any
) -> list[Finding]:
    """Return what is found of a market under the terms given."""
    return list(Watcher(terms=replace(TERMS, **terms), links=links).watch(market.facts))


def demo_flow(*, orders: int, seed: str) -> tuple[list[Market], frozenset[frozenset[UUID]]]:
    """Return the books of a month as the demo plans it, with more orders, and who gave to whom."""
    dice = Random(seed)
    carriers = dice.choices(list(CARRIER_WEIGHTS), list(CARRIER_WEIGHTS.values()), k=PEOPLE)
    books = {carrier: Market() for carrier in CARRIER_WEIGHTS}
    links: set[frozenset[UUID]] = set()
    resting: dict[int, list[tuple[Market, UUID]]] = {}
    counts = Counts(sells=orders * 5 // 12, buys=orders * 7 // 12)
    for act in planned_month(month=date(2026, 11, 1), seed=seed, people=PEOPLE, counts=counts):
        if act.deed in (Deed.SELL, Deed.BUY):
            is_sell = act.deed == Deed.SELL
            book = books[carriers[act.who if is_sell else act.other]]
            price = asked_coins(act) if is_sell else bid_coins(act)
            order = book.place(act.who, "S" if is_sell else "B", price, act.size, at=act.at)
            resting.setdefault(act.who, []).append((book, order))
        elif act.deed == Deed.CANCEL_ORDER and resting.get(act.who):
            book, order = resting[act.who].pop(0)
            book.cancel(order, at=act.at)
        elif act.deed == Deed.GIVE:
            links.add(frozenset((somebody(act.who), somebody(act.other))))
    return list(books.values()), frozenset(links)


def placed(markets: list[Market]) -> int:
    """Return how many orders were placed."""
    return sum(isinstance(fact, Placed) for market in markets for fact in market.facts)


def cut(facts: list[Fact]) -> Iterator[tuple[list[Fact], list[Fact]]]:
    """Yield every way to cut a log in two between events."""
    for place in range(len(facts) + 1):
        if place in (0, len(facts)) or facts[place - 1].number != facts[place].number:
            yield facts[:place], facts[place:]
