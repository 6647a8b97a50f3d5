"""Trades that go round and come back, and pairs that meet by appointment."""

from collections import deque
from collections.abc import Container, Iterator
from datetime import datetime, timedelta
from itertools import combinations, pairwise, product
from uuid import UUID

from .facts import Fact, Finding, Placed, Traded, found, subject_of
from .seen import Seen
from .terms import Terms

RING_MAX = 4
Links = Container[frozenset[UUID]]
Trades = deque[Traded]


class Washing:
    """Find two to four holders who sell each other as much as they buy, at about one price.

    Of strangers, each must have sold to the next several times; of those who are linked, once.
    Holders of one group need only meet: that is prevented, unless the book's terms allow it.
    """

    kind = "wash"

    def __init__(self, *, terms: Terms, links: Links, seen: Seen) -> None:
        """Begin with what was raised before: by pair, up to which event it is used up."""
        self._terms, self._links, self._seen = terms, links, seen
        self._used: dict[frozenset[UUID], int] = {}
        for subject, number in seen.subjects(self.kind):
            self._use(tuple(map(UUID, subject.split())), number)
        self._recent: Trades = deque()
        self._sold: dict[UUID, dict[UUID, Trades]] = {}
        self._lots: dict[UUID, int] = {}
        self._between: dict[frozenset[UUID], int] = {}

    def take(self, fact: Fact) -> Iterator[Finding]:
        """Look at what happened next, and yield what it completes."""
        if not isinstance(fact, Traded):
            return
        self._forget(fact.at - self._terms.wash_window)
        buyer, seller = fact.buy.holder, fact.sell.holder
        self._recent.append(fact)
        self._count(fact, lots=fact.lots)
        if fact.number <= self._used.get(frozenset((buyer, seller)), -1):
            return
        self._sold.setdefault(seller, {}).setdefault(buyer, deque()).append(fact)
        if not self._seen.is_new(fact.number):
            return
        if fact.buy.group == fact.sell.group:
            yield self._finding(tuple(dict.fromkeys((seller, buyer))), by=fact)
        elif (ring := self._ring(seller, buyer)) and self._is_wash(ring):
            yield self._finding(ring, by=fact)

    def _ring(self, seller: UUID, buyer: UUID) -> tuple[UUID, ...]:
        """Return the shortest way that lots came back from a buyer to the seller, if they did."""
        if not self._is_usable(seller, buyer):
            return ()
        ways, reached = deque([(seller, buyer)]), {buyer}
        while ways:
            way = ways.popleft()
            for then in self._sold.get(way[-1], {}):
                if not self._is_usable(way[-1], then):
                    continue
                if then == seller:
                    return way
                if len(way) < RING_MAX and then not in reached:
                    reached.add(then)
                    ways.append((*way, then))  # type: ignore[arg-type]
        return ()

    def _is_usable(self, seller: UUID, buyer: UUID) -> bool:
        times = len(self._sold.get(seller, {}).get(buyer, ()))
        is_linked = frozenset((seller, buyer)) in self._links
        return times >= (1 if is_linked else self._terms.wash_rounds_min)

    def _is_wash(self, ring: tuple[UUID, ...]) -> bool:
        """Say whether as much came back, at about the price, and is much of all they traded."""
        terms, edges = self._terms, self._edges(ring)
        lots = [sum(trade.lots for trade in edge) for edge in edges]
        prices = [
            sum(trade.lots * trade.price for trade in edge) // each
            for edge, each in zip(edges, lots, strict=True)
        ]
        if (max(lots) - min(lots)) * 100 > max(lots) * terms.wash_net_percent_max:
            return False
        if max(prices) - min(prices) > terms.wash_gap_coins_max:
            return False
        return self._share(ring) >= terms.wash_share_percent_min

    def _share(self, ring: tuple[UUID, ...]) -> int:
        """Return the least part, in percent, that the ring is of what one of it traded.

        What was raised before counts as well: who goes on does not thin it out.
        """
        inside = dict.fromkeys(ring, 0)
        for pair in map(frozenset, combinations(ring, 2)):
            for holder in pair:
                inside[holder] += self._between.get(pair, 0)
        return min(lots * 100 // self._lots[holder] for holder, lots in inside.items())

    def _edges(self, ring: tuple[UUID, ...]) -> list[Trades]:
        return [self._sold[seller][buyer] for seller, buyer in pairwise((*ring, ring[0]))]

    def _finding(self, ring: tuple[UUID, ...], *, by: Traded) -> Finding:
        is_round = all(b in self._sold.get(a, {}) for a, b in pairwise((*ring, ring[0])))
        edges = self._edges(ring) if is_round else [self._sold[ring[0]][ring[1]]]
        trades = [trade for edge in edges for trade in edge]
        sums = [sum(trade.lots for trade in edge) for edge in edges]
        linked = sum(frozenset(pair) in self._links for pair in combinations(ring, 2))
        why = {
            "holders": len(set(ring)),
            "rounds": min(len(edge) for edge in edges),
            "lots": sum(sums),
            "net_lots": max(sums) - min(sums) if is_round else sums[0],
            "low_coins": min(trade.price for trade in trades),
            "high_coins": max(trade.price for trade in trades),
            "share_percent": self._share(ring) if len(ring) > 1 else 100,
            "linked_pairs": linked,
        }
        subject = subject_of(set(ring))
        self._seen.use(self.kind, subject, number=by.number)
        self._use(ring, by.number)
        for one, other in product(ring, repeat=2):
            self._sold.get(one, {}).pop(other, None)
        return found(kind=self.kind, subject=subject, trades=trades, holders=ring, why=why, by=by)

    def _use(self, ring: tuple[UUID, ...], number: int) -> None:
        for pair in {frozenset(two) for two in combinations(ring, 2)} | {frozenset(ring)}:
            self._used[pair] = max(number, self._used.get(pair, -1))

    def _count(self, trade: Traded, *, lots: int) -> None:
        pair = frozenset((trade.buy.holder, trade.sell.holder))
        self._between[pair] = self._between.get(pair, 0) + lots
        if not self._between[pair]:
            del self._between[pair]
        for holder in pair:
            self._lots[holder] = self._lots.get(holder, 0) + lots
            if not self._lots[holder]:
                del self._lots[holder]

    def _forget(self, until: datetime) -> None:
        while self._recent and self._recent[0].at <= until:
            old = self._recent.popleft()
            self._count(old, lots=-old.lots)
            theirs = self._sold.get(old.sell.holder, {})
            edge = theirs.get(old.buy.holder)
            if edge and edge[0] is old:
                edge.popleft()
                if not edge:
                    del theirs[old.buy.holder]


class Arranged:
    """Find pairs whose equal orders come within seconds, away from what others trade at."""

    kind = "arranged"

    def __init__(self, *, terms: Terms, links: Links, seen: Seen) -> None:
        """Begin with what was raised before."""
        self._terms, self._links, self._seen = terms, links, seen
        self._placed: dict[UUID, Placed] = {}
        self._recent: Trades = deque()
        # Lots and turnover (coins) of the window: of all, and of each pair.
        self._all, self._of = [0, 0], dict[str, list[int]]()
        self._met: dict[str, Trades] = {}

    def take(self, fact: Fact) -> Iterator[Finding]:
        """Look at what happened next, and yield what it completes."""
        if isinstance(fact, Placed):
            self._forget_orders(fact.at - timedelta(seconds=self._terms.arranged_seconds))
            self._placed[fact.order] = fact
        elif isinstance(fact, Traded):
            yield from self._trade(fact)

    def _trade(self, trade: Traded) -> Iterator[Finding]:
        until = trade.at - self._terms.wash_window
        while self._recent and self._recent[0].at <= until:
            self._count(self._recent.popleft(), sign=-1)
        pair = _pair_of(trade)
        if self._is_by_appointment(trade) and self._is_off(trade, pair=pair):
            yield from self._note(trade, pair=pair, until=until)
        self._recent.append(trade)
        self._count(trade, sign=1)

    def _count(self, trade: Traded, *, sign: int) -> None:
        pair = _pair_of(trade)
        sums = self._of.setdefault(pair, [0, 0])
        for each in (self._all, sums):
            each[0] += sign * trade.lots
            each[1] += sign * trade.lots * trade.price
        if not sums[0]:
            del self._of[pair]

    def _note(self, trade: Traded, *, pair: str, until: datetime) -> Iterator[Finding]:
        if self._seen.is_used(self.kind, pair, number=trade.number):
            return
        met = self._met.setdefault(pair, deque())
        met.append(trade)
        while met[0].at <= until:
            met.popleft()
        holders = frozenset((trade.buy.holder, trade.sell.holder))
        is_linked = holders in self._links
        is_enough = len(met) >= (1 if is_linked else self._terms.wash_rounds_min)
        if is_enough and self._seen.is_new(trade.number):
            self._seen.use(self.kind, pair, number=trade.number)
            del self._met[pair]
            why = {
                "times": len(met),
                "lots": sum(each.lots for each in met),
                "price_coins": trade.price,
                "others_coins": self._price_of_others(pair) or 0,
                "seconds_max": self._terms.arranged_seconds,
                "linked_pairs": int(is_linked),
            }
            yield found(
                kind=self.kind, subject=pair, trades=met, holders=holders, why=why, by=trade
            )

    def _is_by_appointment(self, trade: Traded) -> bool:
        """Say whether two orders of as many lots as were traded came within the seconds."""
        buy, sell = self._placed.get(trade.buy.order), self._placed.get(trade.sell.order)
        if not trade.taker or buy is None or sell is None or buy.lots != sell.lots:
            return False
        apart = abs((buy.at - sell.at).total_seconds())
        return buy.lots == trade.lots and apart <= self._terms.arranged_seconds

    def _is_off(self, trade: Traded, *, pair: str) -> bool:
        others = self._price_of_others(pair)
        off = abs(trade.price - others) if others is not None else 0
        return others is not None and self._terms.is_move(
            off, percent=self._terms.arranged_off_percent_min
        )

    def _price_of_others(self, pair: str) -> int | None:
        """Return the mean price, by lots, of what others traded in the window."""
        theirs = self._of.get(pair, (0, 0))
        lots, coins = self._all[0] - theirs[0], self._all[1] - theirs[1]
        return coins // lots if lots else None

    def _forget_orders(self, before: datetime) -> None:
        while self._placed:
            order = next(iter(self._placed))
            if self._placed[order].at >= before:
                return
            del self._placed[order]


def _pair_of(trade: Traded) -> str:
    return subject_of((trade.buy.holder, trade.sell.holder))
